"""Vraagstukken for tests: one of each instrument, to be put behind a municipality file."""

from __future__ import annotations

_COMMON = """\
  title: Het plein
  summary: Wat komt er op het plein?
  decides: De raad beslist.
  feedback: {by: 2027-12-31}
  opens: 2027-03-01 09:00
  closes: 2027-04-14 20:00
"""
POLL = f"""\
vraagstuk:
  key: plein
  instrument: poll
{_COMMON}\
  questions:
    - key: wat
      title: Wat moet er komen?
      options: [{{key: bomen, title: Bomen}}, {{key: banken, title: Banken}}]
"""
BUDGET = f"""\
modules: {{budgets: on}}
vraagstuk:
  key: geld
  instrument: budget
{_COMMON}\
  phases:
    - {{phase: accepting}}
    - {{phase: balloting, from: 2027-04-01}}
  groups: [{{key: wijken, name: Wijken, headings: [{{key: noord, name: Noord, amount: 25000}}]}}]
"""
LEGISLATION = f"""\
vraagstuk:
  key: plan
  instrument: legislation
{_COMMON}\
  phases: [{{phase: debate, from: 2027-03-02, until: 2027-03-20}}]
  questions: [{{key: groen, title: Genoeg groen?}}]
"""
DEBATE = f"""\
modules: {{debates: on}}
vraagstuk:
  key: praat
  instrument: debate
{_COMMON}\
  text: Wat vindt u van het plein?
"""
PROPOSALS = f"""\
vraagstuk:
  key: idee
  instrument: proposals
{_COMMON}"""
EVERY = {"poll": POLL, "budget": BUDGET, "legislation": LEGISLATION, "debate": DEBATE, "proposals": PROPOSALS}
