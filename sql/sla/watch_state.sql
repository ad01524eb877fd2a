-- One row: which minute was watched last, and how many rules fired in it; null where none ever was. Index: alert_passes_pkey.
select
    (select max(minute) from alert_passes) as minute,
    (select firing from alert_passes order by minute desc limit 1) as firing
