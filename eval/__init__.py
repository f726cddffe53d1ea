"""How good the answers are: cases, metrics, baselines, reports."""
