-- Generated from sql/refreshed: do not edit. The task that refreshes the tables
-- of the shop in the cloud, as "cartwheel refresh --task shop" prints it.
-- The stream on RAW says that something came, and is emptied in the refresh's own
-- transaction; what is new is decided by comparing RAW with what the tables hold.
create stream if not exists core.shop_news_1
on table raw.click_events
append_only = true
show_initial_rows = true;

create or replace procedure core.shop_merge_now()
returns varchar
language sql
execute as owner
as
$$
declare
    queries varchar := '305abb3d8994ef0bb6e5a24c624b8a3300a9a7e755bd0353d2c6fdef3a229738';
    there varchar;
    count_same integer := 0;
begin
    begin transaction;

    -- Another refresh is at work: it makes what we would have made, or the next
    -- run does. Error 625 is a lock timeout.
    begin
    update core.shop_refresh
    set refreshed_at = current_timestamp();
    exception
        when statement_error then
            if (sqlcode <> 625) then
                raise;
            end if;
            rollback;
            return 'skipped';
    end;

    -- To read a stream in a statement that writes empties it.
    insert into core.shop_refresh (models)
    select event_id as models
    from core.shop_news_1
    where false;

    select landed into :there
    from (
        select
            concat_ws(
                ' ',
                count(*),
                coalesce(sum(file_row), 0),
                coalesce(max(sequence_number), ''),
                coalesce(max(file_name), '')
            ) as landed
        from raw.click_events
    );

    select count(*) into :count_same
    from core.shop_refresh
    where models = :queries and landed = :there;

    if (count_same = 0) then
        delete from core.kept_clicks;

        insert into core.kept_clicks
        select *
        from (
            select
                event_id,
                event_timestamp,
                event_type,
                user_id,
                session_id,
                page,
                product_id,
                product_name,
                category,
                device_type,
                referrer_url,
                location,
                browser,
                user_agent,
                user_type,
                quantity,
                price,
                order_id,
                order_total,
                campaign,
                experiment,
                shown_price,
                stock_band,
                promised_at
            from core.clicks
        );

        delete from core.kept_purchases;

        insert into core.kept_purchases
        select *
        from (
            select
                event_id,
                event_timestamp,
                session_id,
                user_id,
                order_id,
                product_id,
                paid,
                differs
            from core.purchases
        );

        delete from mart.sessions;

        insert into mart.sessions
        select *
        from (
            with clicks as (
                select
                    clicks.session_id,
                    clicks.user_id,
                    clicks.event_timestamp,
                    clicks.event_type,
                    clicks.product_id,
                    clicks.device_type,
                    clicks.referrer_url,
                    clicks.user_type,
                    clicks.location,
                    coalesce(purchases.order_id, purchases.event_id) as ordered_id,
                    purchases.paid,
                    purchases.differs,
                    purchases.event_id is not null and purchases.paid is null as is_unpaid,
                    clicks.event_type in ('add_to_cart', 'purchase') as is_shopping,
                    lower(clicks.user_agent) as agent,
                    datediff(
                        'millisecond',
                        lag(clicks.event_timestamp) over (
                            partition by clicks.session_id
                            order by clicks.event_timestamp, clicks.event_id
                        ),
                        clicks.event_timestamp
                    ) as pause
                from core.kept_clicks as clicks
                left join core.kept_purchases as purchases
                    on clicks.event_id = purchases.event_id
                where clicks.session_id is not null
            ),



            shoppers as (
                select distinct session_id
                from clicks
                where is_shopping
            ),

            pace as (
                select
                    percentile_cont(0.05) within group (order by clicks.pause)
                        as quick_pause,
                    percentile_cont(0.2) within group (order by clicks.pause)
                        as brisk_pause
                from clicks
                inner join shoppers
                    on clicks.session_id = shoppers.session_id
                where clicks.pause is not null
                having count(*) >= 100
            ),

            visits as (
                select
                    clicks.session_id,
                    max(clicks.user_id) as user_id,
                    min(clicks.event_timestamp) as started_at,
                    max(clicks.event_timestamp) as ended_at,
                    max(clicks.device_type) as device_type,
                    max(clicks.referrer_url) as referrer_url,
                    max(clicks.user_type) as user_type,
                    max(clicks.location) as location,
                    count(*) as count_events,
                    count(distinct clicks.product_id) as count_products,
                    max(iff(clicks.event_type = 'view', 1, 0)) = 1 as has_view,
                    max(iff(clicks.event_type = 'click', 1, 0)) = 1 as has_click,
                    max(iff(clicks.event_type = 'add_to_cart', 1, 0)) = 1
                        as has_add_to_cart,
                    max(iff(clicks.event_type = 'purchase', 1, 0)) = 1 as has_purchase,
                    iff(
                        count_if(clicks.is_unpaid) > 0,
                        null,
                        coalesce(sum(clicks.paid), 0)
                    ) as revenue,
                    count(clicks.differs) as count_differing,
                    count(distinct clicks.ordered_id) as count_orders,
                    count(pace.quick_pause) > 0 as has_pace,
                    count_if(clicks.pause < pace.quick_pause) as count_quick,
                    count_if(
                        clicks.pause >= pace.quick_pause and clicks.pause < pace.brisk_pause
                    ) as count_brisk,
                    count_if(clicks.pause >= pace.brisk_pause) as count_slow,
                    
                    count_if(
                        contains(replace(clicks.agent, 'cubot', ''), 'bot')
                        or contains(clicks.agent, 'crawl')
                        or contains(clicks.agent, 'spider')
                        or contains(clicks.agent, 'headless')
                        or contains(clicks.agent, 'python-')
                        or contains(clicks.agent, 'curl/')
                        or contains(clicks.agent, 'wget/')
                        or contains(clicks.agent, '+http')
                    ) > 0 as is_named
                from clicks
                left join pace
                    on true
                group by clicks.session_id
            ),


            users as (
                select
                    *,
                    coalesce(user_id, session_id) as visitor,
                    max(iff(has_purchase, 1, 0)) over (partition by visitor) = 1
                        as is_buyer,
                    
                    
                    
                    ln(1.0 / 99.0)
                    + sum(
                        count_quick * ln(50.0 / 5.0)
                        + count_brisk * ln(40.0 / 15.0)
                        + count_slow * ln(10.0 / 80.0)
                    ) over (partition by visitor) as log_odds
                from visits
            ),

            likely as (
                select
                    *,
                    case
                        when is_named then 1
                        when is_buyer then 0
                        when has_pace
                            then 1 / (1 + exp(-greatest(least(log_odds, 50), -50)))
                    end as bot_probability
                from users
            ),

            final as (
                select
                    session_id,
                    user_id,
                    started_at,
                    ended_at,
                    device_type,
                    referrer_url,
                    user_type,
                    location,
                    count_events,
                    count_products,
                    has_view,
                    has_click,
                    has_add_to_cart,
                    has_purchase,
                    revenue,
                    count_differing,
                    bot_probability,
                    coalesce(bot_probability > 0.5, false) as is_bot,
                    count_orders
                from likely
            )

            select * from final
        );

        delete from mart.session_products;

        insert into mart.session_products
        select *
        from (
            with clicks as (
                select
                    clicks.session_id,
                    clicks.user_id,
                    clicks.product_id,
                    clicks.category,
                    clicks.event_timestamp,
                    iff(
                        clicks.event_type = 'add_to_cart', clicks.event_timestamp, null
                    ) as carted_at,
                    coalesce(clicks.shown_price, clicks.price) as price,
                    purchases.event_id is not null as is_purchase,
                    purchases.paid
                from core.kept_clicks as clicks
                left join core.kept_purchases as purchases
                    on clicks.event_id = purchases.event_id
                where clicks.session_id is not null
            ),

            final as (
                select
                    session_id,
                    max(user_id) as user_id,
                    product_id,
                    max(category) as category,
                    min(event_timestamp) as seen_at,
                    max(event_timestamp) as last_at,
                    count(*) as count_events,
                    max(carted_at) as carted_at,
                    max_by(price, carted_at) as carted_price,
                    max(iff(is_purchase, event_timestamp, null)) as bought_at,
                    iff(
                        count_if(is_purchase and paid is null) > 0, null, sum(paid)
                    ) as paid
                from clicks
                group by session_id, product_id
            )

            select * from final
        );


        update core.shop_refresh
        set landed = :there;
    end if;

    update core.shop_refresh
    set models = :queries;

    commit;
    return 'refreshed';
exception
    when other then
        rollback;
        raise;
end;
$$;

-- No number of failures suspends it: the next run may succeed.
create or replace task core.shop_merge
    warehouse = {{ warehouse }}
    schedule = '{{ merge_minutes }} minutes'
    overlap_policy = no_overlap
    timezone = 'UTC', lock_timeout = 30
    user_task_timeout_ms = 3600000
    suspend_task_after_num_failures = 0
when
    system$stream_has_data('core.shop_news_1')
as
call core.shop_merge_now();

alter task core.shop_merge resume;
