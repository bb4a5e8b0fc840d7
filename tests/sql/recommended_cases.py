"""Cases of what is recommended: in a visit, to a person, and tried on later visits."""

from .recommend_cases import LISTS, MODEL, leads, popular, sale, step, version, visit
from .rows import CLICKS, NEXTS, POPULAR, PRODUCTS, STEPS, Case, Row, at, click

SCORES: Row = {"recency": 0.5, "trust": 2.0, "memory": 2, "limit": 5, "is_new_only": False}
_NOW: Row = {**SCORES, "items": '["B", "A"]'}

QUERIES: dict[str, list[Case]] = {
    "clicks/recommend/request": [
        Case("Without a model nothing is recommended.", {}, [], _NOW),
        Case(
            "The last product weighs most, what came behind the last two is added.",
            MODEL,
            [("now", 1, "C", 0.25 + 1e-9, "A"), ("now", 2, "E", 0.1875, "B"),
             ("now", 3, "D", 0.125, "B"), ("now", 4, "A", 0.0625, "B"),
             ("now", 5, "P", 2e-9, None)],
            _NOW,
        ),
        Case(
            "A product that was viewed twice weighs twice.",
            MODEL,
            [("now", 1, "C", 0.625 + 1e-9, "A"), ("now", 2, "P", 2e-9, None)],
            {**_NOW, "items": '["A", "X", "A"]'},
        ),
        Case(
            "What was seen is left out if only new ones are asked for; what is sold out, always.",
            {**MODEL, PRODUCTS: [version("D", stock_band="out"), version("E")]},
            [("now", 1, "C", 0.25 + 1e-9, "A"), ("now", 2, "E", 0.1875, "B"),
             ("now", 3, "P", 2e-9, None)],
            {**_NOW, "is_new_only": True},
        ),
        Case(
            "A visit that begins gets the popular, as many as asked.",
            {POPULAR: popular(*"ABCDEFGH")},
            [("now", 1, "A", 8e-9, None)],
            {**_NOW, "items": "[null]", "limit": 1},
        ),
        Case(
            "Popular ones are taken to three times the limit, in case some are sold out.",
            {POPULAR: popular(*"ABC"), PRODUCTS: [version(p, current=False) for p in "AB"]},
            [("now", 1, "C", 1e-9, None)],
            {**_NOW, "limit": 1},
        ),
        Case(
            "And not beyond.",
            {POPULAR: popular(*"ABCD"), PRODUCTS: [version(p, current=False) for p in "ABC"]},
            [],
            {**_NOW, "limit": 1},
        ),
        Case(
            "Equal scores in the order of the names.",
            {NEXTS: [leads("B", "Z", 0.5), leads("B", "Y", 0.5)]},
            [("now", 1, "Y", 0.5, "B"), ("now", 2, "Z", 0.5, "B")],
            _NOW,
        ),
    ],
    "clicks/recommend/people": [
        Case("Without steps nobody gets anything.", {}, [], LISTS),
        Case(
            "By the person's last products over all visits, without what was bought once.",
            {
                **MODEL,
                STEPS: [*visit("S1", "XA", 0, "U"), *visit("S2", "B", 10, "U"),
                        *visit("S3", "A", 0), *visit("S4", "A", 3, "W")],
                PRODUCTS: [version("A", product_name="Cup")],
                CLICKS: [sale("S1", "o1", "D", user_id="U"), sale("S1", "o2", "E", user_id="U"),
                         sale("S1", "o3", "E", user_id="U"), sale("S9", "o4", "C", user_id="V"),
                         sale("S1", None, "P", user_id="W"),
                         click("S1", "view", 0, product_id="C")],
            },
            [("U", 1, "C", "A", "viewed after Cup", at(1), at(2)),
             ("U", 2, "E", "B", "viewed after B", at(1), at(2)),
             ("U", 3, "A", "B", "viewed after B", at(1), at(2)),
             ("U", 4, "P", None, "viewed most", at(1), at(2)),
             ("W", 1, "C", "A", "viewed after Cup", at(1), at(2))],
            LISTS,
        ),
        Case(
            "Of one moment the later step, then the name, is the last.",
            {
                NEXTS: [leads("A", "R", 0.5), leads("B", "S", 0.5), leads("C", "T", 0.5)],
                STEPS: [
                    {**step("S1", 1, "A", 5, "U"), "stepped_at": at(9)},
                    {**step("S1", 2, "C", 5, "U"), "stepped_at": at(9)},
                    {**step("S2", 2, "B", 5, "U"), "stepped_at": at(9)},
                    {**step("S3", 9, "A", 5, "U"), "stepped_at": at(8)},
                ],
            },
            [("U", 1, "S", "B", "viewed after B", at(1), at(2))],
            {**LISTS, "memory": 1},
        ),
    ],
    "clicks/recommend/replayed": [
        Case("Without later visits nothing is tried.", {STEPS: visit("S1", "AB", 4), **MODEL}, [],
             {**SCORES, "since": at(5)}),
        Case("Without anything nothing is tried.", {}, [], {**SCORES, "since": at(5)}),
        Case(
            "Before each step but the first, by the steps before it, as far back as asked.",
            {STEPS: visit("S1", "XABC", 5), **MODEL, POPULAR: popular("P")},
            [("S1/2", 1, "P", 1e-9, None), ("S1/3", 1, "C", 0.5, "A"), ("S1/3", 2, "P", 1e-9, None),
             ("S1/4", 1, "C", 0.25, "A"), ("S1/4", 2, "E", 0.1875, "B"),
             ("S1/4", 3, "D", 0.125, "B"), ("S1/4", 4, "A", 0.0625, "B"),
             ("S1/4", 5, "P", 1e-9, None)],
            {**SCORES, "since": at(5)},
        ),
        Case(
            "What the visit has seen, however far back, is left out if only news are asked for.",
            {STEPS: [*visit("S1", "CXAB", 5), *visit("S2", "A", 5), *visit("S3", "DZ", 5)],
             NEXTS: [*MODEL[NEXTS], leads("A", "B", 0.2), leads("A", "D", 0.1),
                     leads("C", "D", 9)]},
            [("S1/2", 1, "D", 9.0, "C"), ("S1/3", 1, "D", 4.5, "C"),
             ("S1/4", 1, "B", 0.2, "A"), ("S1/4", 2, "D", 0.1, "A")],
            {**SCORES, "since": at(5), "is_new_only": True},
        ),
        Case(
            "Of a visit 200 steps are tried.",
            {STEPS: [step("S1", n, p, 5) for n, p in ((199, "A"), (200, "B"), (201, "A"))],
             NEXTS: [leads("A", "C", 0.5), leads("B", "C", 0.5)]},
            [("S1/200", 1, "C", 0.5, "A")],
            {**SCORES, "since": at(5)},
        ),
    ],
}  # fmt: skip
