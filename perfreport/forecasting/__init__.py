"""What a change would bring, how sure, and when not to say."""
