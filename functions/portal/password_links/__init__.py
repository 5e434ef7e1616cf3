"""Password links of the portal: asked for, looked at, used, renewed."""
