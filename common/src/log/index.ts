/**
 * Structured logs by winston: one JSON line each, constant message, data in fields. Must not know what is logged.
 */
import winston from "winston";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  child(fields: LogFields): Log;
}

/** An Error as plain fields, with its cause chain; secrets print `[redacted]` by themselves. */
const isError = (value: unknown): value is Error => value instanceof Error;

function plainError(error: Error, depth = 0): Record<string, unknown> {
  const code = (error as { code?: unknown }).code;
  const cause = error.cause instanceof Error && depth < 4 ? plainError(error.cause, depth + 1) : undefined;
  const errors =
    error instanceof AggregateError && depth < 4 ? error.errors.filter(isError).map((each) => plainError(each, depth + 1)) : undefined;
  return {
    name: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined ? {} : { cause }),
    ...(errors === undefined ? {} : { errors }),
  };
}

function plainFields(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? plainError(value) : value]));
}

function wrap(logger: winston.Logger): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      logger.log({ level, message, ...plainFields(fields) });
    };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => wrap(logger.child(plainFields(fields))),
  };
}

/** A log of one process. Without `stream` it writes to standard output. */
export function createLog(options: { component: string; level: LogLevel; stream?: NodeJS.WritableStream }): Log {
  const transport =
    options.stream === undefined ? new winston.transports.Console() : new winston.transports.Stream({ stream: options.stream });
  const format = winston.format.combine(winston.format.timestamp(), winston.format.json());
  return wrap(
    winston.createLogger({ level: options.level, format, defaultMeta: { component: options.component }, transports: [transport] }),
  );
}
