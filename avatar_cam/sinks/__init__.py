"""Where composites go: video files, photos, traces, memory."""
