"""Domains of mail that everybody knows, and ends of domains that exist: what a typing error is told by."""

from typing import Final

PROVIDERS: Final = (
    "gmail.com", "hotmail.com", "hotmail.co.uk", "outlook.com", "yahoo.com", "yahoo.co.uk", "icloud.com", "live.co.uk",
    "live.com",
    "googlemail.com", "btinternet.com", "sky.com", "aol.com", "msn.com", "me.com", "ymail.com", "virginmedia.com", "talktalk.net",
    "ntlworld.com", "blueyonder.co.uk", "tiscali.co.uk", "btopenworld.com", "protonmail.com", "rocketmail.com", "mac.com",
    "hotmail.fr", "outlook.fr", "yahoo.fr", "wp.pl", "onet.pl", "interia.pl", "gmx.com", "gmx.de", "gmx.net", "fastmail.com",
    "plusnet.com", "aol.co.uk", "gmx.co.uk", "yahoo.ie", "proton.me", "outlook.co.uk", "o2.pl", "op.pl", "zoho.com", "mail.com",
)  # fmt: skip
"""What people mean when they have mistyped it: the domains that most have first."""

OTHERS: Final = frozenset(
    {
        "o2.co.uk", "email.com", "mail.co.uk", "mail.ru", "yandex.com", "yandex.ru", "web.de", "freenet.de", "orange.fr",
        "free.fr",
        "laposte.net", "sfr.fr", "wanadoo.fr", "libero.it", "tutanota.com", "tuta.io", "hey.com", "pm.me", "duck.com", "qq.com",
        "163.com", "126.com", "inbox.com", "inbox.lv", "eircom.net", "hotmail.ie", "live.ie", "outlook.ie", "onmail.com",
        "hushmail.com", "post.com", "usa.com", "love.com", "fsmail.net", "lineone.net", "supanet.com", "freeserve.co.uk",
        "btconnect.com", "virgin.net", "vodafone.net", "ntl.com", "waitrose.com", "which.net", "mail2world.com", "gmx.at",
        "gmx.ch",
        "gmx.us", "aim.com", "gmx.fr", "yahoo.co.in", "rediffmail.com", "live.in", "dsl.pipex.com", "3mail.com", "poczta.onet.pl",
        "buziaczek.pl", "tlen.pl", "vp.pl", "gazeta.pl", "seznam.cz", "abv.bg", "ukr.net", "sky.uk", "ee.co.uk", "bt.com",
    }
)  # fmt: skip
"""Domains of mail that exist although they look like another one, or could be taken for a slip."""

IN_MANY_COUNTRIES: Final = frozenset({"hotmail", "yahoo", "live", "outlook", "msn", "aol", "gmx", "mail", "ymail", "sky"})
"""Providers whose name has other ends in other countries; every other one has only those above."""

_COUNTRIES: Final = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca "
    "cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo "
    "fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je "
    "jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo "
    "mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt "
    "pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk "
    "tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
COUNTRIES: Final = frozenset(_COUNTRIES.split())
"""Ends of two letters that exist."""

LIKE_COMMON_ENDS: Final = frozenset(
    {"cam", "bom", "mom", "bet", "pet", "vet", "new", "nec", "ntt", "next", "ong", "net", "com", "org", "dot", "bot"}
)
"""Longer ends that exist although they are a letter away from com, net or org."""

_IN_UK: Final = "co org me ltd plc net sch ac gov nhs police mod uk gb eu us jet bl nic"
IN_UK: Final = frozenset(_IN_UK.split())
"""What may stand before ".uk" in a domain of three or more parts and is no slip."""

RESERVED: Final = frozenset({"example", "test", "invalid", "localhost", "local", "internal", "lan", "home"})
"""Ends that are nobody's: tests and inner networks."""
