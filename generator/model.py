"""The records of a knowledge base as frozen values: cases, runbooks, guides, sites, vocabularies.

In goes plain data (mappings, lists, text); out come records, or pydantic's complaints, which
`records` puts into our own words. Knows nothing of paths, lines, addresses or HTML.

Every field of a record carries one mark that says how widely it may be shown (`Shown`); a field
without a mark is shown to nobody. Texts that a translation mirrors are typed `Text`.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)


class Shown(StrEnum):
    """How widely a field may be shown."""

    FOLLOWS = "follows"
    """As widely as the record that holds it."""
    INTERNAL = "internal"
    """Inside the organisation only, however wide the record."""
    NOBODY = "nobody"
    """In no output; the tool's own business."""


FOLLOWS, INTERNAL, NOBODY = Shown.FOLLOWS, Shown.INTERNAL, Shown.NOBODY


class Translatable:
    """The mark of a text that a translation mirrors."""


class PerLanguage:
    """The mark of a list that each language fills as its speakers would, with any number."""


NonEmpty = StringConstraints(strip_whitespace=True, min_length=1)
Text = Annotated[str, NonEmpty, Translatable()]
Word = Annotated[str, NonEmpty]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,5}-[0-9]{4}$")]
WebAddress = Annotated[str, StringConstraints(pattern=r'^https?://[^\s"<>;]+$')]
ReportAddress = Annotated[str, StringConstraints(pattern=r'^(https://|mailto:)[^\s"<>;]+$')]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
LanguageCode = Literal["zh", "en", "de", "th"]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("write a name of the IANA database: Asia/Shanghai") from error
    return name


TimeZone = Annotated[str, NonEmpty, AfterValidator(_known_zone)]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""`08:00`, on a clock of 24 hours."""


class Audience(StrEnum):
    """Who may see a record (KCS), from most people to fewest."""

    PUBLIC = "public"
    CUSTOMER = "customer"
    PARTNER = "partner"
    INTERNAL = "internal"
    DOMAIN = "domain"


class Confidence(StrEnum):
    """How far a record can be trusted (KCS)."""

    WIP = "wip"
    NOT_VALIDATED = "not_validated"
    VALIDATED = "validated"
    ARCHIVED = "archived"


class Governance(StrEnum):
    """Who may change a record (KCS)."""

    EXPERIENCE = "experience"
    COMPLIANCE = "compliance"


class CaseType(StrEnum):
    """What kind of question a case answers (KCS)."""

    PROBLEM = "problem"
    HOW_TO = "how_to"
    INFORMATION = "information"
    DIAGNOSTIC = "diagnostic"


class Priority(StrEnum):
    """How urgent an issue of this kind is by default; `sla.yml` says what each one promises."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class Tier(StrEnum):
    """The three tiers of support."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"


class Platform(StrEnum):
    """What a product runs on."""

    WINDOWS = "windows"
    MACOS = "macos"
    LINUX = "linux"
    ANDROID = "android"
    IOS = "ios"
    EMBEDDED = "embedded"
    WEB = "web"


class Scenario(StrEnum):
    """Where an issue is met."""

    OFFICE = "office"
    INDUSTRIAL = "industrial"
    CLOUD = "cloud"
    SOFTWARE = "software"


class Shell(StrEnum):
    """What a command is typed into."""

    POWERSHELL = "powershell"
    CMD = "cmd"
    BASH = "bash"
    ZSH = "zsh"
    SQL = "sql"
    CISCO = "cisco"
    RUN = "run"
    """The Windows "Run" box (Win+R)."""


class Verdict(StrEnum):
    """What a review of a root cause report decided."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_ACTIONS = "accepted_with_actions"
    RETURNED = "returned"


class Part(BaseModel):
    """Anything in a record: frozen, and a field it does not know is a mistake."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        str_strip_whitespace=True,
        allow_inf_nan=False,
    )


class Command(Part):
    """A command to type, exactly as it runs; never translated."""

    shell: Annotated[Shell, FOLLOWS]
    """What to type it into."""
    run: Annotated[Word, FOLLOWS]
    """The command itself; several lines are several commands."""
    as_admin: Annotated[bool, FOLLOWS] = False
    """Whether it needs administrator or root rights."""


class Step(Part):
    """One act, what must be seen after it, and what to do if it is not."""

    action: Annotated[Text, FOLLOWS]
    """What to do, as an order to the reader."""
    expect: Annotated[Text | None, FOLLOWS] = None
    """What must be seen afterwards."""
    otherwise: Annotated[Text | None, FOLLOWS] = None
    """What to do when it is not seen."""
    command: Annotated[Command | None, FOLLOWS] = None
    """The command this step runs."""
    danger: Annotated[Text | None, FOLLOWS] = None
    """For a destructive step: what can be lost, and what to make sure of first."""
    image: Annotated[Word | None, FOLLOWS] = None
    """A picture, as a path under `kb/`: `images/prn-0001-panel.svg`."""
    alt: Annotated[Text | None, FOLLOWS] = None
    """What the picture shows, for those who cannot see it."""


class Escalation(Part):
    """Passing work to a tier or team with the skill (ITIL: functional escalation)."""

    to: Annotated[Word, FOLLOWS]
    """`L2`, `L3` or a team of `teams.yml`."""
    when: Annotated[Text, FOLLOWS]
    """What must be true to pass it on."""
    hand_over: Annotated[tuple[Text, ...], FOLLOWS] = ()
    """The facts to hand over, one an entry."""


class Environment(Part):
    """What is true before and after the fix: platform, product, version."""

    platforms: Annotated[tuple[Platform, ...], FOLLOWS] = ()
    """Platforms it is met on."""
    scenario: Annotated[Scenario | None, FOLLOWS] = None
    """Where it is met."""
    products: Annotated[tuple[Slug, ...], FOLLOWS] = ()
    """Products of `products.yml`."""
    versions: Annotated[tuple[Word, ...], FOLLOWS] = ()
    """Versions it was seen on, as their maker writes them."""


class Issue(Part):
    """The trouble in the requester's own words."""

    symptoms: Annotated[tuple[Text, ...], FOLLOWS] = Field(min_length=1)
    """What can be seen or heard, one symptom an entry."""
    error_codes: Annotated[tuple[Word, ...], FOLLOWS] = ()
    """Codes and message names exactly as the screen shows them."""
    asked_as: Annotated[tuple[Text, ...], FOLLOWS, PerLanguage()] = ()
    """What callers really say; feeds search. Each language has its own, as many as it likes."""


class SelfService(Part):
    """What someone who is not technical can do alone, in plain words."""

    steps: Annotated[tuple[Step, ...], FOLLOWS] = Field(min_length=1)
    """Steps without tools, rights or risk."""


class TierHandling(Part):
    """What one tier does about it."""

    tools: Annotated[tuple[Word, ...], FOLLOWS] = ()
    """Tools the tier needs."""
    steps: Annotated[tuple[Step, ...], FOLLOWS] = ()
    """What the tier does, in order."""
    say: Annotated[Text | None, FOLLOWS] = None
    """Words for the customer, to be read out or pasted."""
    escalate: Annotated[Escalation | None, FOLLOWS] = None
    """When and how the tier passes it on."""


class Handling(Part):
    """What each tier does about it."""

    L1: Annotated[TierHandling | None, INTERNAL] = None
    """Answers within 5 minutes, solves or passes on within 30."""
    L2: Annotated[TierHandling | None, INTERNAL] = None
    """Diagnoses."""
    L3: Annotated[TierHandling | None, INTERNAL] = None
    """Finds the root cause."""


class Parameter(Part):
    """One setting that matters, for professionals."""

    name: Annotated[Word, FOLLOWS]
    """The setting's name as the product shows it."""
    value: Annotated[Word, FOLLOWS]
    """The value it should have."""
    where: Annotated[Text, FOLLOWS]
    """Where it is set."""
    effect: Annotated[Text, FOLLOWS]
    """What it changes."""


class Evidence(Part):
    """One measured figure before and after."""

    metric: Annotated[Text, FOLLOWS]
    """What was measured."""
    unit: Annotated[Word, FOLLOWS]
    """Its unit."""
    before: Annotated[float, FOLLOWS]
    """The figure before the change."""
    after: Annotated[float, FOLLOWS]
    """The figure after it."""
    source: Annotated[Text, FOLLOWS]
    """Where the figures come from."""


class Review(Part):
    """What one department said of a root cause report."""

    department: Annotated[Text, FOLLOWS]
    """The department that reviewed."""
    team: Annotated[Slug, FOLLOWS]
    """Its team in `teams.yml`; never a person."""
    on: Annotated[date, FOLLOWS]
    """The day of the review."""
    verdict: Annotated[Verdict, FOLLOWS]
    """What it decided."""


class RootCauseReport(Part):
    """L3's report on why it happened and what was changed."""

    trigger: Annotated[Text, FOLLOWS]
    """What set it off."""
    impact_scope: Annotated[Text, FOLLOWS]
    """Who and what was hit, how long."""
    optimisation_path: Annotated[tuple[Text, ...], FOLLOWS] = Field(min_length=1)
    """What was changed, in order."""
    expected_outcome: Annotated[Text, FOLLOWS]
    """What must be true from now on."""
    evidence: Annotated[tuple[Evidence, ...], FOLLOWS] = ()
    """Figures before and after."""
    reviews: Annotated[tuple[Review, ...], FOLLOWS] = ()
    """Who reviewed it."""


class Record(Part):
    """What every record of `kb/cases` and `kb/runbooks` has."""

    id: Annotated[Identifier, FOLLOWS]
    """The file's stem: the issue type's prefix and four digits."""
    title: Annotated[Text, FOLLOWS]
    """The issue in one line, as its reader would say it."""
    language: Annotated[LanguageCode | None, FOLLOWS] = None
    """The language it is written in; `source_language` of the settings where left out."""
    issue_type: Annotated[Slug, FOLLOWS]
    """One of `issue_types.yml`."""
    audience: Annotated[Audience, INTERNAL] = Audience.INTERNAL
    """The widest audience of this record."""
    domains: Annotated[tuple[Slug, ...], INTERNAL] = ()
    """For audience `domain`: the teams that may see it."""
    confidence: Annotated[Confidence, FOLLOWS] = Confidence.WIP
    """How far it can be trusted; `wip` never leaves the organisation."""
    governance: Annotated[Governance, INTERNAL] = Governance.EXPERIENCE
    """Who may change it; `compliance`: only the owner may validate."""
    owner: Annotated[Slug | None, INTERNAL] = None
    """The team that answers for it; the issue type's owner where left out."""
    priority: Annotated[Priority | None, INTERNAL] = None
    """The default priority; the issue type's where left out."""
    related: Annotated[tuple[Identifier, ...], FOLLOWS] = ()
    """Records worth reading beside this one."""
    verified_on: Annotated[date | None, FOLLOWS] = None
    """The day somebody last went through it and it worked."""
    review_by: Annotated[date | None, INTERNAL] = None
    """The day by which it must be gone through again."""


class Case(Record):
    """One kind of issue and what is known about it, made for reuse (a KCS article)."""

    type: Annotated[CaseType, FOLLOWS] = CaseType.PROBLEM
    """What kind of question it answers."""
    environment: Annotated[Environment, FOLLOWS] = Environment()
    """Platform, product, version."""
    issue: Annotated[Issue, FOLLOWS]
    """Symptoms, codes, callers' words."""
    cause: Annotated[Text | None, INTERNAL] = None
    """The underlying reason."""
    self_service: Annotated[SelfService | None, FOLLOWS] = None
    """What the requester can do alone."""
    handling: Annotated[Handling, INTERNAL] = Handling()
    """What each tier does."""
    resolution: Annotated[Text | None, FOLLOWS] = None
    """What ends the issue."""
    workaround: Annotated[Text | None, FOLLOWS] = None
    """What lessens the impact while there is no resolution."""
    verification: Annotated[tuple[Text, ...], FOLLOWS] = ()
    """How to tell that it is over, one check an entry."""
    prevention: Annotated[Text | None, INTERNAL] = None
    """What keeps it from coming back."""
    parameters: Annotated[tuple[Parameter, ...], INTERNAL] = ()
    """Settings that matter."""
    root_cause_report: Annotated[RootCauseReport | None, INTERNAL] = None
    """L3's report."""
    supersedes: Annotated[tuple[Identifier, ...], INTERNAL] = ()
    """Older records that this one replaces."""
    duplicate_of: Annotated[Identifier | None, INTERNAL] = None
    """The record that says the same and stays."""

    @property
    def is_known_error(self) -> bool:
        """Whether it is analysed but not resolved (ITIL)."""
        return self.cause is not None and self.resolution is None

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers that have something to do."""
        return tuple(tier for tier in Tier if getattr(self.handling, tier) is not None)


class Runbook(Record):
    """One procedure, for an alert or a planned act."""

    alerts: Annotated[tuple[Word, ...], FOLLOWS] = ()
    """Names of the alerts that lead here."""
    environment: Annotated[Environment, FOLLOWS] = Environment()
    """Platform, product, version."""
    meaning: Annotated[Text, FOLLOWS]
    """What it means that this is happening."""
    impact: Annotated[Text, FOLLOWS]
    """Who is hit, how badly."""
    diagnosis: Annotated[Text, FOLLOWS]
    """How to find out what is wrong."""
    mitigation: Annotated[Text, FOLLOWS]
    """How to end or lessen it."""
    verification: Annotated[Text, FOLLOWS]
    """How to tell that it is over."""
    rollback: Annotated[Text | None, FOLLOWS] = None
    """How to undo what mitigation did."""


class Answer(Part):
    """One answer to a question of a guide."""

    text: Annotated[Text, FOLLOWS]
    """The answer in the words of the person asked."""
    next: Annotated[Slug, FOLLOWS]
    """The node it leads to."""


class Question(Part):
    """A node that asks."""

    kind: Annotated[Literal["question"], FOLLOWS]
    text: Annotated[Text, FOLLOWS]
    """One question that can be answered by looking."""
    help: Annotated[Text | None, FOLLOWS] = None
    """Where to look."""
    answers: Annotated[tuple[Answer, ...], FOLLOWS] = Field(min_length=2)
    """At least two."""


class Guidance(Part):
    """A node that ends a path: a text, steps, a case or an escalation."""

    kind: Annotated[Literal["guidance"], FOLLOWS]
    text: Annotated[Text, FOLLOWS]
    """What to do, in a sentence or two."""
    steps: Annotated[tuple[Step, ...], FOLLOWS] = ()
    """Steps, where a sentence is not enough."""
    case: Annotated[Identifier | None, FOLLOWS] = None
    """The case that says more."""
    escalate: Annotated[Escalation | None, INTERNAL] = None
    """Whom to pass it to."""


class Link(Part):
    """A node that goes on in another guide."""

    kind: Annotated[Literal["link"], FOLLOWS]
    guide: Annotated[Identifier, FOLLOWS]
    """The guide to go on with."""


Node = Annotated[Question | Guidance | Link, Field(discriminator="kind")]


class Guide(Record):
    """Guided troubleshooting: a decision tree as data."""

    intro: Annotated[Text | None, FOLLOWS] = None
    """For whom, and what to have at hand."""
    start: Annotated[Slug, FOLLOWS]
    """The first node."""
    nodes: Annotated[dict[Slug, Node], FOLLOWS] = Field(min_length=2)
    """The nodes by name."""


class Contact(Part):
    """How a site reaches somebody: a role, never a person."""

    role: Annotated[Text, FOLLOWS]
    """Who answers."""
    channel: Annotated[Text, FOLLOWS]
    """How to reach them; no number or address of a person."""
    hours: Annotated[Text, FOLLOWS]
    """When, in the site's time zone."""


class SparePart(Part):
    """A part that lies ready at a site."""

    part: Annotated[Text, FOLLOWS]
    """What it is."""
    quantity: Annotated[int, FOLLOWS] = Field(ge=0)
    """How many."""
    where: Annotated[Text, FOLLOWS]
    """Where it lies."""


class Selection(Part):
    """Which records a site's handbook holds: those that match any of these."""

    products: Annotated[tuple[Slug, ...], FOLLOWS] = ()
    """Products of `products.yml`."""
    scenarios: Annotated[tuple[Scenario, ...], FOLLOWS] = ()
    """Where an issue is met."""
    issue_types: Annotated[tuple[Slug, ...], FOLLOWS] = ()
    """Whole issue types."""
    ids: Annotated[tuple[Identifier, ...], FOLLOWS] = ()
    """Single records."""
    without: Annotated[tuple[Identifier, ...], FOLLOWS] = ()
    """Single records that are left out all the same."""


class Paper(StrEnum):
    """Paper a handbook is printed on."""

    A4 = "A4"
    A5 = "A5"


class HandbookProfile(Part):
    """What a site asks of its handbook beyond what every handbook has."""

    interleaved: Annotated[bool, FOLLOWS] = False
    """Whether one volume holds all its languages, each record in one after the other."""
    exercises: Annotated[int, FOLLOWS] = Field(default=0, ge=0, le=60)
    """How many exercises for a training stand in it, with their answers at the back."""


class Site(Part):
    """A remote field site: who and what is there, what its handbook holds."""

    id: Annotated[Slug, FOLLOWS]
    """The file's stem."""
    name: Annotated[Text, FOLLOWS]
    """What people call it."""
    language: Annotated[LanguageCode | None, FOLLOWS] = None
    """The language this file is written in."""
    edition: Annotated[Slug, FOLLOWS]
    """The edition it may see, from the settings."""
    languages: Annotated[tuple[LanguageCode, ...], FOLLOWS] = Field(min_length=1)
    """Languages read there, most read first."""
    time_zone: Annotated[TimeZone, FOLLOWS]
    """As in the IANA database: `Asia/Bangkok`."""
    paper: Annotated[Paper, FOLLOWS] = Paper.A4
    """Paper in its printer."""
    protected: Annotated[bool, INTERNAL] = False
    """Whether its handbook and its bundle open with a password only."""
    handbook: Annotated[HandbookProfile, FOLLOWS] = HandbookProfile()
    """What it asks of its handbook."""
    network: Annotated[Text | None, FOLLOWS] = None
    """How well it is connected."""
    records: Annotated[Selection, FOLLOWS]
    """What its handbook holds."""
    contacts: Annotated[tuple[Contact, ...], FOLLOWS] = Field(min_length=1)
    """Whom it can reach, in the order to try."""
    spare_parts: Annotated[tuple[SparePart, ...], FOLLOWS] = ()
    """What lies ready there."""
    never: Annotated[tuple[Text, ...], FOLLOWS] = ()
    """What may never be done on site."""


class Names(Part):
    """One name in each language."""

    zh: Annotated[Word, FOLLOWS]
    en: Annotated[Word, FOLLOWS]
    de: Annotated[Word, FOLLOWS]
    th: Annotated[Word, FOLLOWS]


class IssueType(Part):
    """A kind of issue: gives its records' prefix, owner and default priority."""

    id: Slug
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,5}$")]
    """The first letters of its records' ids."""
    names: Names
    describes: Names
    """What belongs to it, in one line."""
    icon: Slug
    """A picture of the theme."""
    owner: Slug
    """The team that answers for its records."""
    priority: Priority
    guide: Identifier | None = None
    """The guide to begin with when no case fits."""


class Product(Part):
    """A product that records name."""

    id: Slug
    name: Word
    """As its maker writes it."""
    vendor: Word | None = None
    platform: Platform
    aliases: tuple[Word, ...] = ()
    """Other words people use for it; feeds search."""


class Team(Part):
    """A team; the only kind of author or owner there is."""

    id: Slug
    names: Names
    tiers: tuple[Tier, ...] = ()


class Sla(Part):
    """The promise to the customer for one priority."""

    priority: Priority
    names: Names
    respond_within: Annotated[int, Field(gt=0)]
    """Minutes until somebody answers."""
    resolve_within: Annotated[int, Field(gt=0)]
    """Minutes until it is over."""
    handle_within: Annotated[int, Field(gt=0)] = 30
    """Minutes that L1 has to solve it or pass it on."""


class Term(Part):
    """A word of the field with its synonyms and its names in every language."""

    id: Slug
    names: Names
    synonyms: dict[LanguageCode, tuple[Word, ...]] = {}


class Vocabulary(Part):
    """The controlled words that records use."""

    issue_types: tuple[IssueType, ...] = ()
    products: tuple[Product, ...] = ()
    teams: tuple[Team, ...] = ()
    sla: tuple[Sla, ...] = ()
    glossary: tuple[Term, ...] = ()


class Weekday(StrEnum):
    """A day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Opening(Part):
    """Hours in which somebody answers, on some days of the week; past midnight is a second one."""

    days: tuple[Weekday, ...] = Field(min_length=1)
    """`mon` `tue` `wed` `thu` `fri` `sat` `sun`."""
    opens: TimeOfDay
    """As `08:00`, in the desk's time zone."""
    closes: Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
    """As `20:00`, later than `opens`; the end of the day is `24:00`."""

    @field_validator("closes")
    @classmethod
    def _is_later(cls, closes: str, info: ValidationInfo) -> str:
        if closes <= info.data.get("opens", ""):
            raise ValueError("a desk closes after it opens; past midnight is a second entry")
        return closes


class Desk(Part):
    """Where readers turn to when a page did not help: a role and a channel, never a person."""

    names: Names
    """What it is called."""
    address: Annotated[
        str,
        StringConstraints(
            pattern=r"^(mailto:[^\s?&@]+@[^\s?&@]+|https://[^\s]+|tel:\+?[0-9]+(-[0-9]+)*)$"
        ),
    ]
    """How to reach it: `mailto:`, `https:` or `tel:`."""
    time_zone: TimeZone
    """The zone of its hours, as in the IANA database: `Asia/Shanghai`."""
    hours: tuple[Opening, ...] = Field(min_length=1)
    """When somebody answers."""


class EditionProfile(Part):
    """One edition: who reads it."""

    id: Slug
    audience: Audience
    """Records as wide as this, or wider, are in it."""
    names: Names
    domains: tuple[Slug, ...] = ()
    """Teams whose `domain` records are in it; only with audience `internal`."""
    base_url: WebAddress | None = None
    """Where its site is reached; each record of its handbooks then has a QR code to its page."""
    desks: tuple[Desk, ...] = ()
    """Where its readers find a human when a page did not help, in the order to try."""


SigningKey = Annotated[str, StringConstraints(pattern=r"^RW[A-Za-z0-9+/]{54}$")]
"""The second line of a `.pub` file of minisign."""


class Organisation(Part):
    """`kb/settings.yml`: what the knowledge base is called, its languages and editions."""

    name: Names
    """The knowledge base's name."""
    organisation: Names
    """Who runs it."""
    languages: tuple[LanguageCode, ...] = Field(min_length=1)
    """Languages it is published in, the first one is where a reader begins."""
    source_language: LanguageCode
    """The language records are written in."""
    base_url: WebAddress
    """Where the public site will be reached."""
    report_to: ReportAddress | None = None
    """Where "report a mistake" leads: `mailto:` or `https:`. `{title}` and `{body}` in it are
    filled; without them, they are added as mail programs and most trackers expect them."""
    feedback_endpoint: (
        Annotated[str, StringConstraints(pattern=r"^https://[^\s;,'\"]+$", max_length=300)] | None
    ) = None
    """Where "this helped" and "it did not" are sent, as JSON; kept on the device where left out."""
    editions: tuple[EditionProfile, ...] = Field(min_length=1)
    """The editions that are made."""
    trusted_keys: tuple[SigningKey, ...] = Field(default=(), min_length=2)
    """Public keys of minisign whose signatures remote sites trust: at least two, so that one can
    be replaced. `kb keys new` makes one."""
    revoked_keys: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9A-F]{16}$")], ...] = ()
    """Ids of keys that must never be trusted again. `kb keys revoke` adds one."""
    bundles_valid_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """How many days after its commit a bundle can be relied on; for ever where left out."""


class Kind(StrEnum):
    """The kinds of record that readers meet."""

    CASE = "case"
    RUNBOOK = "runbook"
    GUIDE = "guide"


AnyRecord = Case | Runbook | Guide
