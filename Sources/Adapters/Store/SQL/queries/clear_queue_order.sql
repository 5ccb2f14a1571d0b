-- Makes room for how the queue is put in order.
-- Returns: nothing
DELETE FROM queue_order
