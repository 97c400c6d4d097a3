/** Fakes and builders for tests only; the layer check keeps them out of products. */
export { FakeAuditStore } from "./audit-store.ts";
export { createTestAuthority, type TestAuthority } from "./authority.ts";
export { mintTestCap, type TestCapOptions } from "./cap.ts";
export { FakeClock } from "./clock.ts";
export { FakeChain } from "./fake-chain.ts";
export { freePort } from "./free-port.ts";
export { captureLog } from "./log.ts";
export { createTestSession, TEST_DOMAIN, type TestSession } from "./session.ts";
export { closedSchema, compileCheck, compileForeignCheck } from "./schema.ts";
export { FakeTls } from "./tls.ts";
export { until } from "./until.ts";
