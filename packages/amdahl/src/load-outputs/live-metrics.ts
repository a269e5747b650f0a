import type { MeasuredSecond } from '@amdahl/load';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type IMetricReader,
} from '@opentelemetry/sdk-metrics';
import { amdahlVersion } from '../version.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import type { LoadOutput } from './load-output.ts';

const exportIntervalMs = 1_000;
const exportTimeoutMs = 900;
const quantiles = [0.5, 0.9, 0.95, 0.99];

/**
 * Serves the figures of the run at `/metrics` of a port of this machine, to be scraped by Prometheus.
 *
 * @throws `AMDAHL_CLI_BAD_USAGE` when the port is taken
 */
export async function prometheusEndpoint(port: number): Promise<LoadOutput> {
  const exporter = new PrometheusExporter({ host: '127.0.0.1', port, preventServerStart: true });
  try {
    await exporter.startServer();
  } catch (cause) {
    throw workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
      expected: `a free port as --prometheus`,
      found: (cause as Error).message,
      next: 'Choose another port, or end what listens there.',
      cause,
    });
  }
  return liveMetrics(exporter);
}

/** Sends the figures of the run to an OTLP/HTTP collector, once a second. */
export function otlpMetrics(url: string): LoadOutput {
  return liveMetrics(
    new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter({ url, timeoutMillis: exportTimeoutMs }),
      exportIntervalMillis: exportIntervalMs,
      exportTimeoutMillis: exportTimeoutMs,
    }),
  );
}

/** The figures, whoever reads them: counts of the measured time, and the last second's times. */
function liveMetrics(reader: IMetricReader): LoadOutput {
  const provider = new MeterProvider({
    readers: [reader],
    resource: resourceFromAttributes({ 'service.name': 'amdahl-load' }),
  });
  const meter = provider.getMeter('amdahl', amdahlVersion);
  let requests = 0;
  let failures = 0;
  let last: MeasuredSecond | undefined;
  const counter = (name: string, description: string, value: () => number): void => {
    meter
      .createObservableCounter(name, { description })
      .addCallback((observer) => observer.observe(value()));
  };
  const gauge = (name: string, description: string, value: () => number): void => {
    meter
      .createObservableGauge(name, { description })
      .addCallback((observer) => observer.observe(value()));
  };
  counter('amdahl_load_requests', 'Requests that came to an end', () => requests);
  counter('amdahl_load_failed_requests', 'Those that failed', () => failures);
  gauge('amdahl_load_rate', 'Requests that ended in the last second', () => last?.second.done ?? 0);
  gauge('amdahl_load_in_flight', 'Requests under way', () => last?.second.inFlight ?? 0);
  meter
    .createObservableGauge('amdahl_load_response_time_seconds', {
      description: "Quantiles of the last second's response times, from the intended start",
    })
    .addCallback((observer) => {
      for (const quantile of quantiles) {
        const us = last?.responseTime.valueAtPercentile(quantile * 100) ?? 0;
        observer.observe(us / 1e6, { quantile: String(quantile) });
      }
    });
  return {
    second: (measured) => {
      last = measured;
      requests += measured.second.done;
      failures += measured.second.failed;
    },
    // A collector that cannot be reached costs its own figures, not the run's.
    end: () => provider.shutdown().catch(() => undefined),
  };
}
