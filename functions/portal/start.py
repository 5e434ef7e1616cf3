"""Lambda's entry of portal."""

from start.ready import ready

handle = ready("portal", "portal.app:app", services=("dynamodb",), pages=("base.html", "parts.html", "schools/school.html"))
