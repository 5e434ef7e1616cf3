"""Short forms of first names: which two can be one name. They are a hint and never proof."""

from collections.abc import Mapping
from typing import Final

_SHORT: Final = """
abigail abi abbie abby gail
abraham abe
adrian ade
agnes aggie nessa
albert al bert bertie albie
alexander alex al sandy xander lex alec alasdair sasha
alexandra alex sandra sandy lexi lexie sasha alexa
alfred alf alfie fred freddie
alison ali
amanda mandy
andrew andy drew
angela angie ange
anne ann annie nan
annabel bella annie
anthony tony ant
antonia toni
archibald archie
arthur art artie
barbara barb babs
bartholomew bart
beatrice bea trixie
benedict ben benny
benjamin ben benny benji
bernadette bernie
bernard bernie
bethany beth
bradley brad
bronwen bron
cameron cam
caroline caz carrie caro
catherine cath cathy kate katie kath kathy kit kitty cat
charles charlie chas chuck
charlotte charlie lottie lotte char
christian chris
christina chris tina chrissie
christine chris chrissie tina
christopher chris kit topher
clara clare
clement clem
daniel dan danny
danielle dani dan
david dave davey dai
deborah deb debbie debs
dominic dom
donald don donnie
dorothy dot dottie dolly
douglas doug
edmund ed eddie ted
edward ed eddie ted teddy ned
eleanor ellie nell nora lenny
elizabeth liz lizzie beth betty bess eliza libby lisa elsie lilibet
emily em emmy millie
emma em
eugene gene
felicity flick fliss
frances fran frankie fanny
francis frank frankie fran
franklin frank
frederick fred freddie freddy
gabriel gabe
gabrielle gabby gaby
gareth gaz
geoffrey geoff
george georgie
georgia georgie
georgina georgie gina
gerald gerry
gerard gerry
gillian gill gilly jill
gregory greg
gwendolen gwen
harold harry hal
harriet hattie harry
helen nell nellie
henrietta hetty etta
henry harry hal hank
isaac ike zac
isabel isobel izzy bella belle issy
isabella izzy bella belle issy
jacob jake
jacqueline jackie jacqui
james jim jimmy jamie jem
janet jan
jasmine jas jaz
jeffrey jeff
jennifer jen jenny jenni
jeremy jez jem jerry
jessica jess jessie
joanna jo joanne
joanne jo
john jack johnny jon
jonathan jon jonny jonty
joseph joe joey
josephine jo josie
joshua josh
judith judy jude
julian jules
juliet jules julie
katherine kate katie kath kathy kit kitty kat
kathleen kath kathy kate
kenneth ken kenny
kimberley kim
laurence larry laurie
lawrence larry laurie
leonard len lenny leo
leopold leo
lewis lew
lillian lily lil
louis lou louie
louise lou lulu
lucille lucy
lucinda lucy cindy
madeleine maddie maddy
margaret maggie meg megan peggy marge margie mags greta rita
marianne mari
martha mattie
martin marty
mary molly polly may
matilda tilly tilda mattie
matthew matt matty
maximilian max
melanie mel
melissa mel
michael mike mick mickey micky
michaela mickey kayla
michelle shell chelle
mohammed mohamed muhammad mohammad muhammed mo
morgan mo
natalie nat
natasha tash tasha
nathan nat nate
nathaniel nat nate nathan
nicholas nick nicky nico
nicola nicky nikki nick
oliver ollie olly
olivia liv livvy ollie
oscar ozzy
owen owain
pamela pam
patricia pat patsy tricia trish
patrick pat paddy
penelope penny
peter pete
philip phil phillip pip
philippa pippa pip
phyllis phyl
rachel rach
raymond ray
rebecca becky becca bex
reginald reg reggie
richard rich rick ricky dick richie
robert rob bob bobby robbie bert
roberta bobbie
roderick rod rory
rodney rod
roger rog
ronald ron ronnie
rosalind ros roz
rosemary rose rosie
rupert rup
russell russ
ruth ruthie
sabrina bri
samantha sam sammy
samuel sam sammy
sarah sara sally sadie
sebastian seb
sharon shaz
sian jane
simon si
sophia sophie
stephanie steph
stephen steve stevie steven
stuart stu stewart
susan sue susie suzie
susannah sue susie suzie
sylvia syl
tabitha tabby
teresa terry tess theresa
terence terry
thaddeus tad
theodore theo ted teddy
theresa terry tess
thomas tom tommy
timothy tim timmy
tobias toby
valerie val
vanessa nessa
veronica ronnie vera
victor vic
victoria vicky vicki tori vic
vincent vin vince
virginia ginny
vivian viv
walter wally walt
wilfred wilf
william will bill billy liam willy
winifred win winnie freda
yasmin yas jasmine
zachary zac zach zak
"""


def _by_name() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _SHORT.split("\n"):
        for name in (names := line.split()):
            found.setdefault(name, set()).add(names[0])
    return {name: frozenset(full) for name, full in found.items()}


_FULL: Final = _by_name()
_NONE: Final[frozenset[str]] = frozenset()


def can_be_one(name: str, other: str) -> bool:
    """Whether two folded first names can be forms of one name; the same name is one."""
    return name == other or not _FULL.get(name, _NONE).isdisjoint(_FULL.get(other, _NONE))
