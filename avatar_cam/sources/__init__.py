"""Where frames come from: video files, photos, memory, and a performer that the project draws itself."""
