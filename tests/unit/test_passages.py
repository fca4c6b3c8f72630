"""What is written in other letters than the text around it says its language."""

from __future__ import annotations

import pytest

from generator.passages import mark_passages


@pytest.mark.parametrize(
    ("language", "html", "expected"),
    [
        ("de", "<p>Das ist 蓝汀云 API.</p>", '<p>Das ist <span lang="zh">蓝汀云</span> API.</p>'),
        ("de", "<p>3 次/周</p>", '<p>3 <span lang="zh">次/周</span></p>'),
        (
            "th",
            "<p>กด 打印，等 3 秒。 แล้ว</p>",
            '<p>กด <span lang="zh">打印，等 3 秒。</span> แล้ว</p>',
        ),
        ("zh", "<p>打印 ภาษา ไทย</p>", '<p>打印 <span lang="th">ภาษา ไทย</span></p>'),
        ("zh", "<p>打印 Drucker</p>", "<p>打印 Drucker</p>"),
        ("de", "<p><code>打印</code></p>", "<p><code>打印</code></p>"),
        ("de", "<pre><code>a <b>打印</b></code></pre>", "<pre><code>a <b>打印</b></code></pre>"),
        ("de", '<p lang="zh">打印<br>机</p>', '<p lang="zh">打印<br>机</p>'),
        (
            "th",
            '<div lang="zh">打印<a href="x">ภาษา</a></div>ภาษา',
            '<div lang="zh">打印<a href="x"><span lang="th">ภาษา</span></a></div>ภาษา',
        ),
        (
            "de",
            "<svg><title>打印</title><path d='M0'/><text>打印</text></svg>打印",
            "<svg><title>打印</title><path d='M0'/><text>"
            '<tspan lang="zh">打印</tspan></text></svg><span lang="zh">打印</span>',
        ),
        (
            "de",
            '<img alt="打印"><p>&lt;打印&gt;',
            '<img alt="打印"><p>&lt;<span lang="zh">打印</span>&gt;',
        ),
        ("en", "<p>„Quotes“, — dashes … and 3.5 %</p>", "<p>„Quotes“, — dashes … and 3.5 %</p>"),
    ],
)
def test_passages(language: str, html: str, expected: str) -> None:
    """Runs of Chinese and Thai are marked; code, attributes and what is marked already are not."""
    assert mark_passages(html, language) == expected
