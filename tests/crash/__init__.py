"""What becomes of a batch that is killed, starved of disk, started twice or left by its workers."""
