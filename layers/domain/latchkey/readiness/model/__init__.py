"""What is known of readiness over time: values and rules, no I/O."""
