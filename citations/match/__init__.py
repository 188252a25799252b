"""Is this record the cited work, and which fields differ?"""
