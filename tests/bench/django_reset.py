"""The other side of bench_links: password links by Django 5.2, into memory or over SMTP.

``django_reset.py <form|loop> <people> <port of the SMTP server, 0 for memory> <passes>`` prints µs of CPU per link of the
quickest pass, this process's alone. ``form`` is PasswordResetForm, once for each person, as a site has it already; ``loop`` is
what somebody would write in an afternoon to mail everybody: one query, one connection, templates loaded once, mails in hundreds.

Run by bench_links with the other sides' packages and nothing of ours. Both are warmed up by 20 people before it is timed.
"""

import sys
import time

import django
from django.conf import settings

WAY, PEOPLE, PORT, PASSES = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
WARM, AT_ONCE = 20, 100
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
from django.contrib.auth.tokens import default_token_generator  # noqa: E402
from django.core import mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.template.loader import get_template  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils.encoding import force_bytes  # noqa: E402
from django.utils.http import urlsafe_base64_encode  # noqa: E402

urlpatterns = [
    path("reset/<uidb64>/<token>/", views.PasswordResetConfirmView.as_view(), name="password_reset_confirm"),
]


def form(people: int) -> None:
    """Each looked up by address, mailed by a connection of its own."""
    for number in range(people):
        asked = PasswordResetForm({"email": f"u{number}@x.example"})
        assert asked.is_valid()
        asked.save(domain_override="accounts.school.example", use_https=True)


def loop(people: int) -> None:
    """All of them, with the form's own templates, token and address."""
    subject, body = (get_template(f"registration/password_reset_{part}") for part in ("subject.txt", "email.html"))
    with mail.get_connection() as connection:
        some: list[mail.EmailMessage] = []
        for user in User.objects.filter(is_active=True).order_by("id")[:people].iterator():
            context = {
                "email": user.email,
                "domain": "accounts.school.example",
                "site_name": "accounts.school.example",
                "uid": urlsafe_base64_encode(force_bytes(user.pk)),
                "user": user,
                "token": default_token_generator.make_token(user),
                "protocol": "https",
            }
            title = "".join(subject.render(context).splitlines())
            some.append(mail.EmailMessage(title, body.render(context), "no-reply@school.example", [user.email]))
            if len(some) == AT_ONCE:
                connection.send_messages(some)
                some = []
        connection.send_messages(some)


def main() -> float:
    """µs of CPU per link."""
    mail.outbox = []  # what the backend fills
    call_command("migrate", verbosity=0)
    User.objects.bulk_create(
        User(username=f"u{number}", email=f"u{number}@x.example", password="md5$a$b", first_name="Ann")
        for number in range(PEOPLE)
    )
    send = {"form": form, "loop": loop}[WAY]
    send(WARM)
    taken = []
    for _ in range(PASSES):
        mail.outbox.clear()
        start = time.process_time()
        send(PEOPLE)
        taken.append(time.process_time() - start)
        assert PORT or len(mail.outbox) == PEOPLE
    return min(taken, default=0.0) / PEOPLE * 1e6


if __name__ == "__main__":
    sys.stdout.write(f"{main():.1f}")
