"""A complaint about one place in a record, and the table of every code there is.

A fault in a record is a value that travels with the result of the stage that met it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """Nothing is made from the knowledge base until it is mended."""
    WARNING = "warning"
    """Worth mending; with `--strict` it counts as an error."""


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: a path relative to the project's root, line and column from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding: its number, its level, and what `kb explain` says of it."""

    number: str
    level: Level
    title: str
    explanation: str


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One complaint: where, which code, what is wrong with the record, the next act."""

    location: Location
    code: str
    message: str
    hint: str = ""
    also: tuple[Location, ...] = field(default=())

    @property
    def level(self) -> Level:
        """The level of its code."""
        return CODES[self.code].level

    @property
    def is_error(self) -> bool:
        """Whether it stops the build."""
        return self.level is Level.ERROR


def _table(*codes: Code) -> dict[str, Code]:
    return {code.number: code for code in codes}


_E, _W = Level.ERROR, Level.WARNING

CODES: dict[str, Code] = _table(
    Code("KB101", _E, "not UTF-8", "Every file under `kb/` is UTF-8. Save it again as UTF-8; in VS Code: the encoding in the status bar, then Save with Encoding."),
    Code("KB102", _E, "file too large", "A record is a few kilobytes and a picture at most 2 MB. A file that is larger is not a record: move logs and dumps elsewhere and link them from the ticket."),
    Code("KB103", _E, "link out of kb/", "A symbolic link that leaves `kb/` would let a build read files that are not part of the knowledge base. Copy the file in instead."),
    Code("KB104", _W, "byte order mark", "The file begins with a byte order mark, which some tools write. Save it as UTF-8 without BOM."),
    Code("KB105", _W, "Windows line ends", "The file has CRLF line ends, which make every line differ in Git. Set `* text=auto eol=lf` in `.gitattributes` and save again."),
    Code("KB106", _W, "unknown kind of file", "`kb/` holds records (`.yml`, `.md`) and pictures (`.svg`, `.png`, `.jpg`); anything else is left out of every output."),
    Code("KB107", _E, "cannot be read", "The file cannot be opened, or its name cannot be used on every system. Mend its rights or its name."),
    Code("KB108", _E, "not a picture", "The file is not what its name says (SVG, PNG or JPEG), or it does not say how large it is. Pages reserve room for a picture before it is loaded. Save it again; an SVG needs `width` and `height`, or a `viewBox`."),
    Code("KB109", _E, "picture that does more than show", "An SVG can run scripts and load files. A picture may hold shapes, texts, gradients and filters, nothing else: no script or event, no foreign HTML, no embedded or outer file, no document type. Export it as plain SVG; embed photographs as PNG or JPEG beside it."),
    Code("KB110", _E, "YAML syntax", "The text is not YAML. The most frequent reasons: a `: ` or ` #` inside an unquoted text, a tab, a missing space after `-` or `:`."),
    Code("KB111", _E, "alias or anchor", "YAML anchors (`&`) and aliases (`*`) are not used in records: they hide what a reader sees and can be made to explode. Write the text twice, or quote a text that begins with `&` or `*`."),
    Code("KB112", _E, "nested too deeply", "A record nests at most 24 levels. Deeper nesting is a mistake or an attack."),
    Code("KB113", _E, "duplicate key", "The same key stands twice in one mapping; one of the two would be lost. Remove or rename one."),
    Code("KB114", _E, "tag or second document", "Records hold plain text, lists and mappings: no YAML tags (`!`), no second document (`---`)."),
    Code("KB115", _E, "empty file", "The file holds nothing. Fill it (`kb new case`), or remove it."),
    Code("KB116", _E, "front matter missing", "A Markdown record begins with a line `---`, its short fields as YAML, and another line `---`."),
    Code("KB117", _E, "unknown heading", "A Markdown record's level-2 headings are the fields of the model, in Chinese, English, German or Thai. `docs/reference/fields.md` lists them."),
    Code("KB118", _E, "text out of place", "In a Markdown record every text stands below a level-2 heading, and below a tier's heading in a step or one of the named items (Say, Escalate, Tools)."),
    Code("KB119", _E, "control character", "The text holds a character that cannot be seen and does not belong in a record: a control character, one that turns the reading direction, or a joint of no width inside a Latin word, a path or a command, which is copied with it. It counts also where YAML spells it (`\"\\u202e\"`). Remove it."),
    Code("KB201", _E, "field missing", "The model needs this field. `kb new` writes a record with every needed field in place."),
    Code("KB202", _E, "wrong shape", "The field holds one kind of thing (a text, a list, a mapping, a number, a date) and the model wants another."),
    Code("KB203", _E, "unknown field", "The model has no such field here; a misspelt field would be lost in silence. `docs/reference/fields.md` lists the fields."),
    Code("KB204", _E, "unknown word", "The field takes one of a few fixed words."),
    Code("KB205", _E, "wrong form", "The value has not the form the field wants, for example `PRN-0007` for an id."),
    Code("KB206", _E, "empty", "A field that is there says something. Fill it or take it out."),
    Code("KB301", _E, "duplicate id", "Two files carry one id. Ids are never used twice, not even after a record was archived."),
    Code("KB302", _E, "id is not the file's name", "A record's file is called as its id, so that it can be found. Rename one of the two."),
    Code("KB303", _E, "id does not fit the issue type", "A case's id begins with the prefix of its issue type and its file lies in that issue type's folder."),
    Code("KB304", _E, "no such record", "The record refers to an id that no file carries."),
    Code("KB305", _E, "not in the vocabulary", "Issue types, products and teams come from `kb/vocabulary/`, so that lists and filters stay whole. Add the word there, or use one that exists."),
    Code("KB306", _E, "guide: no such node", "An answer of a guide leads to a node that does not exist."),
    Code("KB307", _E, "guide: node never reached", "No path from the start leads to this node. Link it or remove it."),
    Code("KB308", _E, "guide: loop without an end", "From this node one can walk in circles. Every path of a guide ends in guidance."),
    Code("KB309", _E, "refers to a hidden record", "A record refers to one that fewer people may see, in a field that all its readers see. Take the reference out of this field, or widen the other record."),
    Code("KB310", _E, "refers to itself", "A record cannot be related to itself, supersede itself or be its own duplicate."),
    Code("KB311", _E, "no such tier or team", "An escalation goes to `L2`, `L3` or a team of `kb/vocabulary/teams.yml`, and never to the tier that escalates."),
    Code("KB312", _E, "no such picture", "The picture is not under `kb/images/`. Check its path and the case of its letters."),
    Code("KB313", _E, "picture without words", "A picture needs `alt`: what it shows, for those who cannot see it."),
    Code("KB314", _E, "file in a place of no record", "Cases lie in `kb/cases/<issue-type>/`, runbooks and guides in `kb/runbooks/`, sites in `kb/sites/`, vocabularies in `kb/vocabulary/`."),
    Code("KB315", _E, "no such edition", "A site names an edition that `kb/settings.yml` does not have."),
    Code("KB401", _W, "validated, never verified", "A record of confidence `validated` says on which day somebody last went through it: `verified_on`."),
    Code("KB402", _W, "review overdue", "The day by which the record must be gone through again has passed."),
    Code("KB403", _W, "translation is stale", "The source changed after this translation was made. Compare the two, then `kb stamp FILE` says that they agree again. When the change of the source was only a typo, stamping is all there is to do."),
    Code("KB404", _E, "translation does not mirror its source", "A translation holds only text fields, each in the same place as in its source, lists with as many entries; only `asked_as` may have more or fewer."),
    Code("KB405", _E, "translation without a source", "A file `<ID>.<language>.yml` translates `<ID>.yml` or `<ID>.md`, which is not there."),
    Code("KB406", _W, "translation is incomplete", "Texts of the source are missing in this translation; readers see them in the source's language, marked."),
    Code("KB407", _W, "public, but not in English", "Public records are read in every region; each has at least an English translation."),
    Code("KB408", _E, "date does not fit", "A verification lies in the future, or a review date before the verification."),
    Code("KB409", _E, "language is not in use", "The language is not among `languages` of `kb/settings.yml`, or it is the source's own."),
    Code("KB501", _W, "raw HTML", "Texts are Markdown. Of HTML, `<kbd>`, `<sub>`, `<sup>` and `<br>` are read, without attributes; any other tag is shown as the text it is. Write Markdown, or put code in backticks."),
    Code("KB502", _E, "unsafe link", "A link may go to `https:`, `http:`, `mailto:` or another record. Anything else is not opened by a reader safely."),
    Code("KB503", _W, "no callers' words", "Without `issue.asked_as` the case is found only by those who know the right word. Add three things callers really say."),
    Code("KB504", _W, "escalation without hand-over", "The next tier begins with what this one knows: list the facts in `hand_over`."),
    Code("KB505", _W, "case without an end", "A case gives a resolution, a workaround or an escalation; otherwise its reader stands there with nothing to do."),
    Code("KB507", _W, "marks piled up", "More marks stand on one letter than any language writes. They are drawn over the lines above or below, on screen and on paper. Write the letter without them."),
    Code("KB601", _E, "e-mail address of a person or firm", "Records are read outside the ticket: addresses of requesters stay in the ticket. In examples use `@example.com` or a role at a `.example` domain."),
    Code("KB602", _E, "telephone number", "Numbers of people stay in the ticket. Name the role and the channel instead."),
    Code("KB603", _E, "public network address", "Addresses of real hosts stay in the ticket. In examples use 192.0.2.0/24, 198.51.100.0/24 or 203.0.113.0/24."),
    Code("KB604", _E, "secret", "The text looks like a password, key or token. Take it out, and change it where it is used: what was in Git once is known."),
    Code("KB605", _E, "destructive step without a warning", "The command deletes, formats or resets something. Say in `danger` what can be lost and what to make sure of first."),
    Code("KB606", _E, "destructive step in self-service", "Requesters are never asked to delete, format or reset by command. Move the step to `handling`."),
    Code("KB901", _E, "an engine failed", "MkDocs or Typst could not finish, or a page of an EPUB is not well-formed. The message is the engine's own."),
    Code("KB902", _W, "character missing in the fonts", "The handbook's fonts have no picture for this character; it is left out of the PDF. Use another character."),
    Code("KB903", _E, "two outputs for one path", "Two records would be written to the same file. Rename one."),
    Code("KB904", _W, "not found by its own words", "Every build asks search for each record with the words of its title, its callers and its error codes, as somebody types them. This query did not bring the record among the first five. Say in `asked_as` what callers really say, make the title name the thing, or merge records that say the same."),
    Code("KB905", _E, "a bundle cannot hold it", "Bundles open on Windows, macOS, Linux and Android; a file's name must be possible on all of them, and there are at most 65,000 files."),
)  # fmt: skip
