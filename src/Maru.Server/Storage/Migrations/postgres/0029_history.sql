-- What those who join later may read of the past: all, or nothing from before their join.
ALTER TABLE rooms ADD COLUMN history TEXT NOT NULL DEFAULT 'all' CHECK (history IN ('all', 'joined'));
