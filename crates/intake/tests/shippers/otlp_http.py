# Ships lines by the exporter of OpenTelemetry over HTTP.
import logging
import sys

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

address, lines = sys.argv[1], int(sys.argv[2])
exporter = OTLPLogExporter(
    endpoint=f"http://{address}/v1/logs",
    headers={"authorization": "Bearer s3cret"},
    compression=Compression.Gzip,
)
provider = LoggerProvider()
provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
logger = logging.getLogger("night")
logger.setLevel(logging.INFO)
logger.addHandler(LoggingHandler(logger_provider=provider))
for turn in range(lines):
    logger.warning("night-%d begins", turn)
assert provider.force_flush()
provider.shutdown()
