# Ships lines by an exporter of OpenTelemetry: over `http` or `grpc`.
import logging
import sys

from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

address, lines, way = sys.argv[1], int(sys.argv[2]), sys.argv[3]
if way == "grpc":
    from grpc import Compression
    from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter

    where = {"endpoint": f"http://{address}", "insecure": True}
else:
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter

    where = {"endpoint": f"http://{address}/v1/logs"}
exporter = OTLPLogExporter(headers={"authorization": "Bearer s3cret"}, compression=Compression.Gzip, **where)
provider = LoggerProvider()
provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
logger = logging.getLogger("night")
logger.setLevel(logging.INFO)
logger.addHandler(LoggingHandler(logger_provider=provider))
for turn in range(lines):
    logger.warning("night-%d begins", turn)
assert provider.force_flush()
provider.shutdown()
