-- Adds one made-up note to the calendar.
insert into annotations (on_date, kind, title, body)
values (:on_date, :kind, :title, :body)
