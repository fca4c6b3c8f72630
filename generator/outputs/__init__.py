"""What is made from an edition: each module takes editions and yields artifacts."""
