"""What a track sounds like, beside what others sound like."""
