"""What an operator can type. Exit codes: 0 done, or only counted; 1 refused or failed, or preflight has found what stops mail;
2 mistyped; 3 stopped part-way."""

import argparse
import json
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from infra.local.trouble import Trouble
from infra.operator import preflight, rotate, run, where
from infra.operator.events import invite_admin_event, make_school_event
from infra.operator.where import Ask

DONE: Final = 0
FAILED: Final = 1
STOPPED: Final = 3
EVERY: Final = "every-school"
_Answer = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its answer goes to the standard output as JSON, all else to the standard error."""
    given = [*(sys.argv[1:] if arguments is None else arguments)]
    options = _parser().parse_args(given)
    try:
        result = options.work(where.asker(options), options)
    except run.Stopped as stopped:
        again = ["python", "-m", "infra.operator", *_without_place(given), *shlex.split(stopped.how or "")]
        print(f"{stopped}\nIt stopped part-way. Go on with:\n  {shlex.join(again)}", file=sys.stderr)
        return STOPPED
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return STOPPED
    print(json.dumps({name: value for name, value in result.items() if name != "ok"}, indent=2))
    return FAILED if isinstance(result.get("failed"), dict) or result.get("stops") else DONE


def _school(ask: Ask, options: argparse.Namespace) -> _Answer:
    names = ("slug", "name", "town", "postcode", "urn")
    school: dict[str, Any] = {name: getattr(options, name) for name in names if getattr(options, name)}
    if options.settings_file:
        try:
            school["settings"] = json.loads(options.settings_file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise Trouble(f"The settings file {options.settings_file} could not be read: {error}.") from error
    return ask(make_school_event(school))


def _admin(ask: Ask, options: argparse.Namespace) -> _Answer:
    return ask(invite_admin_event(options.school, options.email, options.given_name, options.family_name))


def _pages(ask: Ask, options: argparse.Namespace) -> _Answer:
    return run.write_pages(ask, run.unsealed(options.next))


def _preflight(ask: Ask, _options: argparse.Namespace) -> _Answer:
    return preflight.preflight(ask)


def _list_schools(ask: Ask, _options: argparse.Namespace) -> _Answer:
    return {"schools": ask({"command": "list_schools"})["schools"]}


def _list_admins(ask: Ask, options: argparse.Namespace) -> _Answer:
    return ask({"command": "list_admins", "school": options.school})


def _end_admin(ask: Ask, options: argparse.Namespace) -> _Answer:
    person = options.person
    if _only_asked(options, person):
        found = [each for each in _list_admins(ask, options)["admins"] if each["id"] == person]
        if not found:
            raise Trouble("This is no admin of the school. list-admins shows their ids.")
        return _would(options, person, {"would_end": found[0]})
    return ask({"command": "end_admin", "school": options.school, "person": person, "last_too": options.last_too})


def _reset_factors(ask: Ask, options: argparse.Namespace) -> _Answer:
    person = options.person
    if _only_asked(options, person):
        return _would(options, person, {"would_reset": person})
    return ask({"command": "reset_factors", "school": options.school, "person": person})


def _free_admins(ask: Ask, options: argparse.Namespace) -> _Answer:
    if _only_asked(options, options.school):
        return _would(options, options.school, {"would_free_admins_of": options.school})
    return ask({"command": "free_admins", "school": options.school})


def _end_epoch(ask: Ask, options: argparse.Namespace) -> _Answer:
    event = {"command": "end_epoch", "school": options.school, "what": options.what}
    if _only_asked(options, options.school):
        return _would(options, options.school, ask(event))
    return ask(event | {"confirm": True})


def _delete_school(ask: Ask, options: argparse.Namespace) -> _Answer:
    if _only_asked(options, options.school):
        counted = run.delete_school(ask, options.school, confirm=None, start=run.unsealed(options.next))
        return _would(options, options.school, counted)
    return run.delete_school(ask, options.school, confirm=options.school, start=run.unsealed(options.next))


def _export_school(ask: Ask, options: argparse.Namespace) -> _Answer:
    exported = run.export_school(ask, options.school, run.unsealed(options.next))
    print(f"S3 deletes the files after a day: aws s3 cp --recursive {exported['folder']} FOLDER", file=sys.stderr)
    return exported


def _rotate_lookup_key(ask: Ask, options: argparse.Namespace) -> _Answer:
    name = EVERY if options.every_school else options.school
    only_asked = _only_asked(options, name)
    known = ask({"command": "list_schools"})
    schools: list[str] = known["schools"] if options.every_school else [options.school]
    if only_asked:
        return _would(options, name, rotate.count(ask, schools))
    since = options.since or known["at"]
    print(f"To go on after an interruption: the same command with --since {since}", file=sys.stderr)
    return rotate.rotate(ask, schools, since)


def _only_asked(options: argparse.Namespace, name: str) -> bool:
    """Whether nothing was confirmed; Trouble where something else was."""
    if options.confirm not in {None, name}:
        raise Trouble(f"--confirm has to be {name}, exactly. Nothing was changed.")
    return options.confirm is None


def _would(options: argparse.Namespace, name: str, answer: Mapping[str, Any]) -> _Answer:
    print(f"Nothing was changed. To do it: the same command with --confirm {shlex.quote(name)}", file=sys.stderr)
    return {"command": options.command, **answer}


def _without_place(given: Sequence[str]) -> list[str]:
    """The arguments without where an earlier command had stopped."""
    kept: list[str] = []
    skip = False
    for each in given:
        if skip:
            skip = False
        elif each in {"--next", "--since"}:
            skip = True
        elif not each.startswith(("--next=", "--since=")):
            kept.append(each)
    return kept


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.operator",
        description="The operator's commands. What cannot be undone is only counted until --confirm names it.",
        epilog="docs/operate.md says what each does, when to use it and what it ends.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    stack = where.options()

    def command(name: str, work: Callable[[Ask, argparse.Namespace], _Answer], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[stack], help=text, description=text, allow_abbrev=False)
        made.set_defaults(work=work)
        return made

    school = command("school", _school, "make a school")
    for option, text in (
        ("slug", "its name in URLs: small letters, digits, hyphens"),
        ("name", "its full name"),
        ("town", "its town"),
        ("postcode", "its postcode"),
        ("urn", "its Unique Reference Number"),
    ):
        school.add_argument(f"--{option}", required=option in {"slug", "name"}, default="", help=text)
    school.add_argument("--settings-file", type=Path, help="JSON file with the school's settings")
    command("preflight", _preflight, "look for what would stop mail or sign-in tonight: the site, and every school")
    command("list-schools", _list_schools, "list the short names of all schools")
    _place(command("export-school", _export_school, "write everything that is kept of a school to files"), school=True)
    _confirmed(
        _place(command("delete-school", _delete_school, "delete a school with all that it has, for good"), school=True),
        "the school's short name",
    )
    admin = command("admin", _admin, "invite an admin of a school")
    for option in ("school", "email"):
        admin.add_argument(f"--{option}", required=True)
    for option in ("given-name", "family-name"):
        admin.add_argument(f"--{option}", default="", help="one of the two names is enough")
    command("list-admins", _list_admins, "list a school's admins with their ids").add_argument("--school", required=True)
    end = _confirmed(command("end-admin", _end_admin, "take admin rights from somebody"), "the person's id")
    end.add_argument("--school", required=True)
    end.add_argument("--person", required=True, help="their id, as list-admins shows it")
    end.add_argument("--last-too", action="store_true", help="even if they are the school's last admin")
    reset = _confirmed(command("reset-factors", _reset_factors, "take away a lost second step"), "the person's id")
    reset.add_argument("--school", required=True)
    reset.add_argument("--person", required=True, help="their id: list-admins shows it, and the address of their page")
    free = _confirmed(command("free-admins", _free_admins, "let a school's admins use passwords again"), "the short name")
    free.add_argument("--school", required=True)
    epoch = _confirmed(command("end-epoch", _end_epoch, "end every password link or every code of a school"), "the short name")
    epoch.add_argument("--school", required=True)
    epoch.add_argument("--what", required=True, choices=("link", "code"))
    rotation = command("rotate-lookup-key", _rotate_lookup_key, "replace the key under which people are found")
    whose = _confirmed(rotation, f"the school's short name, or {EVERY}").add_mutually_exclusive_group(required=True)
    whose.add_argument("--school", help="its short name")
    whose.add_argument("--every-school", action="store_true", help="all schools, which wait at the same time")
    rotation.add_argument("--since", type=int, metavar="TIME", help="go on with the rotation that was begun at this time")
    _place(command("pages", _pages, "write the copies of all schools' public pages, after a release"), school=False)
    return parser


def _place(parser: argparse.ArgumentParser, *, school: bool) -> argparse.ArgumentParser:
    parser.add_argument("--next", metavar="CURSOR", help="go on where an earlier command has stopped, as it has said")
    if school:
        parser.add_argument("--school", required=True, help="its short name")
    return parser


def _confirmed(parser: argparse.ArgumentParser, what: str) -> argparse.ArgumentParser:
    parser.add_argument("--confirm", metavar="NAME", help=f"do it, and not only count: {what}, typed")
    return parser
