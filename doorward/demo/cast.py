"""The people of the demo site."""

from dataclasses import dataclass
from enum import Enum, StrEnum

from doorward.demo.portraits import Hair, Look, Shade, Skin

FACILITY = 17


class Team(StrEnum):
    """The three groups."""

    STAFF = "Staff"
    IT = "IT"
    LOGISTICS = "Logistics"


class Trouble(Enum):
    """Why somebody is turned away everywhere."""

    SUSPENDED = "suspended"
    CARD_EXPIRED = "card expired"
    NO_GROUP = "no group"


@dataclass(frozen=True, slots=True)
class Person:
    """A cardholder and the number of their card."""

    card: int
    first_name: str
    last_name: str
    look: Look
    teams: tuple[Team, ...] = (Team.STAFF,)
    trouble: Trouble | None = None

    @property
    def email(self) -> str:
        """An address that reaches nobody."""
        local = f"{self.first_name}.{self.last_name}".casefold().translate(_PLAIN)
        return f"{local}@example.com"


_PLAIN = str.maketrans(
    {"ø": "o", "é": "e", "í": "i", "ñ": "n", "ł": "l", "ğ": "g", "ó": "o", "á": "a", " ": "-", "'": None}
)
_BOTH = (Team.STAFF, Team.IT)

CAST = (
    Person(1001, "Amara", "Okafor", Look(Skin.DARK, Hair.BUN)),
    Person(1002, "Mateo", "Fernández", Look(Skin.TAN, Hair.SHORT, beard=True)),
    Person(1003, "Yuki", "Tanaka", Look(Skin.LIGHT, Hair.SIDE), _BOTH),
    Person(1004, "Saoirse", "Brennan", Look(Skin.PORCELAIN, Hair.LONG, Shade.RED)),
    Person(1005, "Rajesh", "Iyer", Look(Skin.BROWN, Hair.SHORT, glasses=True), _BOTH),
    Person(1006, "Leila", "Haddad", Look(Skin.OLIVE, Hair.LONG, Shade.BROWN)),
    Person(
        1007,
        "Jonas",
        "Lindqvist",
        Look(Skin.PORCELAIN, Hair.SIDE, Shade.BLOND, beard=True),
        (Team.LOGISTICS,),
    ),
    Person(1008, "Thandiwe", "Nkosi", Look(Skin.DARK, Hair.CURLS)),
    Person(1009, "Wei", "Zhang", Look(Skin.LIGHT, Hair.SHORT, glasses=True), _BOTH),
    Person(1010, "Zofia", "Wójcik", Look(Skin.PORCELAIN, Hair.BUN, Shade.BLOND)),
    Person(1011, "Samuel", "Mensah", Look(Skin.DARK, Hair.NONE, beard=True), (Team.LOGISTICS,)),
    Person(1012, "Noa", "Shapira", Look(Skin.OLIVE, Hair.CURLS, Shade.CHESTNUT, glasses=True)),
    Person(1013, "Elif", "Doğan", Look(Skin.TAN, Hair.LONG, Shade.CHESTNUT)),
    Person(1014, "Tomás", "Oliveira", Look(Skin.TAN, Hair.SIDE, Shade.BROWN, beard=True), (Team.LOGISTICS,)),
    Person(1015, "Hana", "Kim", Look(Skin.LIGHT, Hair.BUN, glasses=True)),
    Person(1016, "Ibrahim", "Diallo", Look(Skin.BROWN, Hair.SHORT)),
    Person(1017, "Freja", "Sørensen", Look(Skin.LIGHT, Hair.SIDE, Shade.BLOND)),
    Person(1018, "Kiri", "Parata", Look(Skin.TAN, Hair.CURLS), _BOTH),
    Person(
        1019,
        "Dmitri",
        "Volkov",
        Look(Skin.PORCELAIN, Hair.NONE, Shade.GREY, glasses=True, beard=True),
        (Team.LOGISTICS,),
    ),
    Person(1020, "Priya", "Nair", Look(Skin.BROWN, Hair.LONG, glasses=True)),
    Person(1021, "Aiyana", "Begay", Look(Skin.OLIVE, Hair.LONG)),
    Person(
        1023,
        "Marcel",
        "Dubois",
        Look(Skin.LIGHT, Hair.SHORT, Shade.GREY, glasses=True),
        trouble=Trouble.CARD_EXPIRED,
    ),
    Person(1024, "Oscar", "Whitfield", Look(Skin.OLIVE, Hair.NONE, Shade.BROWN), trouble=Trouble.SUSPENDED),
    Person(1025, "Ines", "Morales", Look(Skin.TAN, Hair.BUN, Shade.BROWN), teams=(), trouble=Trouble.NO_GROUP),
    Person(1042, "Josephine", "Adeyemi-Clarke", Look(Skin.BROWN, Hair.CURLS, Shade.CHESTNUT, glasses=True)),
)
