# Ships lines by the bulk helper of the official client, each with an id.
import sys

from elasticsearch import Elasticsearch, helpers

address, lines = sys.argv[1], int(sys.argv[2])
client = Elasticsearch(f"http://{address}", basic_auth=("elastic", "s3cret"), http_compress=True)
assert client.info()["tagline"] == "You Know, for Search"
assert client.ping()
documents = (
    {"_index": "logs", "_id": str(turn), "_source": {"message": f"night-{turn} begins", "host": {"name": "srv-1"}}}
    for turn in range(lines)
)
kept, errors = helpers.bulk(client, documents, chunk_size=50)
assert (kept, errors) == (lines, []), (kept, errors)
