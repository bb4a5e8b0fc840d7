"""
What others recommend, to compare with: neighbours of the last product, and of the visit.

Statements of DuckDB over ``learned`` (steps of the earlier visits) and ``histories``
(``request``, ``back``, ``product``: what each later visit had seen); each returns ``request``,
``product`` and ``score``.
"""

# Cosine of the visits that hold the last product and another. Source: Hidasi et al. (2016),
# Session-based Recommendations with Recurrent Neural Networks, baseline Item-KNN.
ITEM_KNN = """
with visits as (select distinct session_id, product from learned),
held as (select product, count(*) as visits from visits group by product),
together as (
    select a.product, b.product as other, count(*) as visits
    from visits as a inner join visits as b using (session_id)
    where a.product <> b.product
    group by a.product, b.product
)
select h.request, t.other as product, t.visits / sqrt((x.visits + 20) * (y.visits + 20)) as score
from histories as h
inner join together as t on h.product = t.product
inner join held as x on t.product = x.product
inner join held as y on t.other = y.product
where h.back = 1
"""

# 100 neighbours of the 500 latest visits that share a product (looked for in the last 20,000
# visits: almost always there are as many); products and neighbours weigh by
# how far back is what is shared. Source: Ludewig and Jannach (2018), Evaluation of Session-based
# Recommendation Algorithms, V-SKNN.
VSKNN = """
with latest as (
    select session_id, max(started_at) as started_at from learned
    group by session_id order by started_at desc, session_id limit 20000
),
visits as (
    select distinct session_id, learned.product, latest.started_at
    from learned inner join latest using (session_id)
),
asked as (
    select request, product, min(back) as back from histories where back <= 10 group by all
),
candidates as (
    select
        asked.request, visits.session_id, max(visits.started_at) as started_at,
        sum(1 / asked.back) as likeness, min(asked.back) as nearest
    from asked inner join visits using (product)
    group by asked.request, visits.session_id
    qualify row_number() over (
        partition by asked.request order by max(visits.started_at) desc, visits.session_id
    ) <= 500
),
neighbours as (
    select * from candidates
    qualify row_number() over (
        partition by request order by likeness desc, started_at desc, session_id
    ) <= 100
)
select n.request, visits.product, sum(n.likeness / n.nearest) as score
from neighbours as n inner join visits using (session_id)
group by all
"""

WAYS = {"Item kNN": ITEM_KNN, "VSKNN": VSKNN}
