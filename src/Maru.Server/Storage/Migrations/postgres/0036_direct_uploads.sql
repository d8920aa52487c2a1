-- Parts of uploads that clients put straight to the file store.
-- 1: its address may be used again for a while, so its content and its row go when that is over; 0: it came through the server
ALTER TABLE upload_parts ADD COLUMN is_direct BIGINT NOT NULL DEFAULT 0;
