"""Read the config file and serve."""

import argparse
import json
from pathlib import Path

from infra.edge.server import Config, serve

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m infra.edge", description="Play CloudFront before the local API.")
    parser.add_argument("config", type=Path, help="JSON file with the fields of infra.edge.server.Config")
    serve(Config(**json.loads(parser.parse_args().config.read_text(encoding="utf-8"))))
