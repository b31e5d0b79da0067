# FFmpeg with the ttm filter.
