"""The other side of bench_links: Django's PasswordResetForm, one mail a person, into memory or over SMTP.

``django_reset.py <people> [<port of the SMTP server>]`` prints µs of CPU per link, this process's alone.

Run by bench_links in an environment of its own, which has Django and nothing of ours.
"""

import sys
import time

import django
from django.conf import settings

PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 0
settings.configure(
    SECRET_KEY="x" * 50,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.admin"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    EMAIL_BACKEND=f"django.core.mail.backends.{'smtp' if PORT else 'locmem'}.EmailBackend",
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=PORT,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    ROOT_URLCONF="__main__",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    USE_TZ=True,
)
django.setup()

from django.contrib.auth import views  # noqa: E402 - Django must be set up first
from django.contrib.auth.forms import PasswordResetForm  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core import mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.urls import path  # noqa: E402

urlpatterns = [
    path("reset/<uidb64>/<token>/", views.PasswordResetConfirmView.as_view(), name="password_reset_confirm"),
]


def main(people: int) -> float:
    """µs of CPU per link."""
    mail.outbox = []  # what the backend fills
    call_command("migrate", verbosity=0)
    User.objects.bulk_create(
        User(username=f"u{number}", email=f"u{number}@x.example", password="md5$a$b", first_name="Ann")
        for number in range(people)
    )
    start = time.process_time()
    for number in range(people):
        form = PasswordResetForm({"email": f"u{number}@x.example"})
        assert form.is_valid()
        form.save(domain_override="accounts.school.example", use_https=True)
    seconds = time.process_time() - start
    assert PORT or len(mail.outbox) == people
    return seconds / people * 1e6


if __name__ == "__main__":
    sys.stdout.write(f"{main(int(sys.argv[1])):.1f}")
