"""What talks to AWS, and alone knows attribute names and conditions."""
