"""People whose names break naive software: scripts, directions, length, markup, formulas."""

from ostiary.tenant.stories.builder import Builder

NAMES = {
    "arabic": "محمد الشريف",
    "hebrew": "נועה לוי",
    "japanese": "山田 太郎",
    "chinese": "王 小明",
    "korean": "김 민준",
    "cyrillic": "Ольга Кузнецова",
    "devanagari": "आरव शर्मा",
    "thai": "สมชาย ใจดี",
    "greek": "Ελένη Παπαδοπούλου",
    "georgian": "ნინო ბერიძე",
    "emoji": "Zoë 👩‍🚀 Núñez",
    "rtl-marks": "‏Layla‎ ‮desrever‬",
    "decomposed": "Andre\u0301 Mu\u0308ller",
    "zero-width": "Jo\u200bhn D\u200doe",
    "longest": ("Maximiliana Konstantina " * 11)[:256],
    "quotes": 'Conor "The Fox" O\'Brien',
    "html": "<script>alert('x')</script> <b>Ada</b>",
    "formula": '=HYPERLINK("http://evil.example","Click")',
    "plus-formula": "+SUM(1+1)*cmd|' /C calc'!A0",
    "at-formula": "@SUM(A1:A9)",
    "tab-formula": "\t=1+1",
    "csv": 'Smith, "Bob"; Jr',
    "template": "{{7*7}} ${7*7} %s %00",
    "path": "../../etc/passwd",
    "single": "Cher",
    "turkish": "İbrahim ŞIK",
    "astral": "𝒜𝒹𝒶 𝐋𝐨𝐯𝐞𝐥𝐚𝐜𝐞",
}


def welcome(build: Builder) -> list[str]:
    return [
        build.user(name, f"name.{key}", department="Research", jobTitle="Researcher")
        for key, name in NAMES.items()
    ]
