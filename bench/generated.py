"""Makes a knowledge base of any size for measuring: same number, same bytes."""

from __future__ import annotations

import random
from pathlib import Path

SETTINGS = """\
name: {zh: 测量, en: Measure, de: Messen, th: วัด}
organisation: {zh: 测量, en: Measure, de: Messen, th: วัด}
languages: [zh]
source_language: zh
base_url: https://measure.example/
editions:
  - {id: internal, audience: internal, names: {zh: 内部, en: Internal, de: Intern, th: ภายใน}}
"""
TYPES = "printing PRN|desktop DSK|network NET|identity IAM|collaboration COL|web WEB|servers SRV"
NAMES = "{zh: 名称, en: Name, de: Name, th: ชื่อ}"
THINGS = (
    "打印机",
    "网络",
    "邮箱",
    "证书",
    "账号",
    "浏览器",
    "数据库",
    "网关",
    "扫码枪",
    "触摸屏",
    "备份",
    "会议",
    "日历",
    "驱动",
    "更新",
    "磁盘",
)
STATES = (
    "脱机",
    "变慢",
    "报错",
    "无法登录",
    "反复重启",
    "没有声音",
    "连不上",
    "显示空白",
    "自动退出",
    "权限不足",
    "超时",
    "丢失数据",
)
ACTS = (
    "检查",
    "重启",
    "打开",
    "关闭",
    "重新安装",
    "记录",
    "比较",
    "导出",
    "清空",
    "更换",
    "确认",
    "测试",
)
PLACES = (
    "设置页面",
    "控制面板",
    "任务管理器",
    "服务列表",
    "事件日志",
    "设备管理器",
    "浏览器设置",
    "交换机端口",
)


def write_knowledge_base(folder: Path, cases: int) -> None:
    """Write a project with `cases` cases of about 2,000 characters below `folder`."""
    kb = folder / "kb"
    (kb / "vocabulary").mkdir(parents=True, exist_ok=True)
    (kb / "settings.yml").write_text(SETTINGS, "utf-8")
    types = [pair.split() for pair in TYPES.split("|")]
    (kb / "vocabulary/issue_types.yml").write_text(
        "".join(
            f"- {{id: {name}, prefix: {prefix}, names: {NAMES}, describes: {NAMES}, "
            f"icon: printer, owner: desk, priority: P3}}\n"
            for name, prefix in types
        ),
        "utf-8",
    )
    (kb / "vocabulary/teams.yml").write_text(f"- {{id: desk, names: {NAMES}}}\n", "utf-8")
    (kb / "vocabulary/products.yml").write_text(
        "".join(f"- {{id: product-{n}, name: 产品 {n}, platform: windows}}\n" for n in range(40)),
        "utf-8",
    )
    for number in range(cases):
        name, prefix = types[number % len(types)]
        path = kb / "cases" / name / f"{prefix}-{number // len(types) + 1:04d}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(case(path.stem, name, number), "utf-8")


def case(id: str, issue_type: str, number: int) -> str:
    """Return the text of one case."""
    chance = random.Random(number)

    def sentence() -> str:
        parts = (chance.choice(ACTS), chance.choice(THINGS), chance.choice(PLACES))
        return f"在**{parts[2]}**里{parts[0]}{parts[1]},看它是否{chance.choice(STATES)}"

    def steps(count: int, indent: str) -> str:
        return "".join(
            f'{indent}- action: "{sentence()}"\n'
            f'{indent}  expect: "{chance.choice(THINGS)}恢复,编号 {chance.randrange(10000)}"\n'
            f'{indent}  otherwise: "{sentence()}"\n'
            for _ in range(count)
        )

    thing, state = chance.choice(THINGS), chance.choice(STATES)
    other = f"{id.split('-')[0]}-0001"
    return f"""\
id: {id}
title: "{thing}{state}({number})"
issue_type: {issue_type}
audience: public
confidence: validated
environment:
  platforms: [windows]
  scenario: office
  products: [product-{number % 40}]
issue:
  symptoms: ["{thing}{state}", "{sentence()}"]
  error_codes: ["0x{number:08X}"]
  asked_as: ["{thing}坏了", "{thing}怎么{state}", "{state}怎么办"]
cause: "{sentence()}。{sentence()}。`service-{number}` 没有启动。"
self_service:
  steps:
{steps(3, "    ")}handling:
  L1:
    steps:
{steps(4, "      ")}    say: "您好,{sentence()}。"
    escalate: {{to: L2, when: "仍然{state}", hand_over: ["型号", "截图", "时间"]}}
  L2:
    steps:
{steps(5, "      ")}resolution: |
  {sentence()}。

  1. {sentence()}
  2. {sentence()}
verification: ["{sentence()}", "{sentence()}"]
prevention: "{sentence()}"
{f"related: [{other}]" if other != id else "related: []"}
verified_on: 2026-10-01
review_by: 2027-10-01
"""
