"""What the two HTTP functions share: requests, answers, errors, sessions and pages."""
