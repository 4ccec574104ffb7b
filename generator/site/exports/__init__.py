"""What machines read: the API's JSON, bulk files, threads, feeds, the sitemap."""
