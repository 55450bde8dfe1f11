"""Two guests with one phone and two e-mails, and nothing else but their names: one person or two, in many languages."""

from __future__ import annotations

from datetime import date

import pytest

from matching import About, Identifier, Record, default, resolve
from matching.names.full_names import split_full_name

TWO = (
    # given names of the two sexes
    "Paul|Paula", "Victor|Victoria", "Michael|Michelle", "Francisco|Francisca", "Karim|Karima", "Andrew|Andrea",
    "Jean|Jeanne", "Patrick|Patricia", "Daniel|Danielle", "Robert|Roberta", "Giovanni|Giovanna", "Martin|Martina",
    "Stefan|Stefanie", "Kamil|Kamila", "Emre|Emine", "José|Josefa", "João|Joana", "Radoslav|Radoslava",
    "Александр|Александра", "Евгений|Евгения", "Валентин|Валентина", "Γιώργος|Γεωργία", "Νίκος|Νίκη", "كريم|كريمة",
    "سامي|سامية", "美咲|健太", "민수|민지", "अनिल|सुनीता",
    "Emil|Emily", "김서연, 김서윤", "김지훈, 김지후", "أحمد صالح, محمد صالح", "حسن علي, حسين علي",
    # what they share is no name of their own
    "Anh Nguyen, Chi Nguyen", "Minh Anh|Minh Chi", "Prince Harris, Mary Harris", "Da Eun|Ji Eun",
    "Thị Vân|Thị Lan", "Kim, Da Eun; Kim, Ji Eun",
    "José María|María José", "Mr. Karl|Mr. Ewan", "Dr. Anna|Dr. Peter", "Maria Elena|Maria Luisa",
    "José García López, Ana García López", "Jan van den Berg, Anna van den Berg", "Dr. Anna Weber, Dr. Peter Weber",
    "Frau Eva Maier, Herr Karl Maier", "Sra. Ana Ruiz, Sr. Luis Ruiz", "Mme Claire Dubois, M. Paul Dubois",
    "Maria da Silva, Joao da Silva", "Ahmed bin Khalid, Fatima bint Khalid", "Abu Bakr Hassan, Abu Talib Hassan",
    "Иванов Иван Петрович, Иванова Анна Петровна", "Nguyễn Văn An, Nguyễn Thị Bình", "Nguyễn Văn An, Nguyễn Văn Bảo",
    "王伟, 王芳", "Wang Wei, Wang Fang", "김민수, 김지영",
    # "Family, Given" in one field
    "García López, José; García López, Ana", "Weber, Anna; Weber, Peter", "Петров, Иван; Петрова, Анна",
)  # fmt: skip

ONE = (
    "Danny|Danielle", "Jen Smith, Jennifer Smith", "Novak Djokovic, N. Djokovic", "Abu Bakr Hassan, Abubakr Hassan",
    "La Toya Jackson, LaToya Jackson", "Иванов Иван Ильич, Иван Иванов", "Петренко Олена Іванівна, Олена Петренко",
    "Мамедов Али Гасан оглы, Али Мамедов", "محمد علي, محمد",
    "Sam|Samuel", "Chris|Christopher", "Jhon|John", "Mary Ann|Ann", "Juan Carlos|Juan", "Bob|Robert",
    "José|Pepe", "Francisco|Paco", "Giuseppe|Beppe", "Katarzyna|Kasia", "Johannes|Hans", "Κωνσταντίνος|Κώστας",
    "Sasha|Alexander", "Саша|Александр", "Катя|Екатерина", "Иван|Ivan", "Γιώργος|Giorgos", "محمد|Mohamed",
    "Mohammed|Muhammad", "Katharina|Katarina", "Jean-Pierre|Jean Pierre", "Anna-Maria|Maria Anna", "Mr. Karl|Karl",
    "José García López, José García", "Jan van den Berg, Jan Berg", "Dr. Anna Weber, Anna Weber",
    "Maria da Silva, Maria Silva", "O'Brien, Siobhán; Siobhan O’Brien", "Weber, Anna; Anna Weber",
    "García López, José; José García López", "Berg, Jan van den; Jan van den Berg", "Иванов, Иван; Иван Иванов",
    "Иванов Иван Петрович, Иван Иванов", "Faisal Siddiqui, فيصل صديقي",
    "Luis Garsky, Louis Garski", "Ivan Petrov, Иван Петров", "王伟, Wei Wang", "王伟, Wang Wei",
    "Martin Luther King Jr., Martin Luther King",
)  # fmt: skip
POLICIES = default()


def people(pair: str, born: date | None = None) -> int:
    """How many people the engine makes of the two. Full names stand with a comma or a semicolon between, given names
    with a bar."""
    given = pair.split("|")
    names = [(name, "", "") for name in given] if len(given) > 1 else map(split_full_name, pair.split(_between(pair)))
    records = [
        Record(
            f"web|{n}",
            frozenset((Identifier("phone", "p"), Identifier("email", f"e{n}"))),
            *name,
            birth_date=born,
            about=About(phones=frozenset(("+12125550142",)), emails=frozenset((f"{n}@guests.example.org",))),
        )
        for n, name in enumerate(names)
    ]
    [forwards, backwards] = [len(resolve(ordered, [], POLICIES).clusters) for ordered in (records, records[::-1])]
    assert forwards == backwards
    return forwards


def _between(pair: str) -> str:
    return "; " if ";" in pair else ", "


@pytest.mark.parametrize("pair", TWO)
def test_two_people_of_one_phone(pair: str) -> None:
    assert people(pair) == 2


@pytest.mark.parametrize("pair", TWO)
def test_twins_of_one_phone(pair: str) -> None:
    assert people(pair, date(1990, 5, 17)) == 2


@pytest.mark.parametrize("pair", ONE)
def test_one_person_with_two_spellings(pair: str) -> None:
    assert people(pair) == 1


def test_a_name_with_few_vowels_contradicts_no_other_script() -> None:
    """Kanji do not say how they are read: 健太 is Kenta. Nothing joins them by name, and nothing keeps them apart."""
    assert people("健太|Kenta", date(1990, 5, 17)) == 1
