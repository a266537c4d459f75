// The table of contents: platform first, then the features in the order in which the business flows.

import './accounts/records.ts';
import './disbursements/records.ts';
import './referrals/records.ts';
import './visits/records.ts';

import { accountMachine } from './accounts/domain.ts';
import { accountHandlers } from './accounts/handlers.ts';
import { accountRoutes } from './accounts/routes.ts';
import { clientKeyRoutes } from './agencies/client-key-routes.ts';
import { clientRoutes } from './agencies/client-routes.ts';
import { credentialRoutes } from './agencies/credential-routes.ts';
import { officerRoutes } from './agencies/officer-routes.ts';
import { outsideSource, strongFactors } from './agencies/outside.ts';
import { roleGrantRoutes } from './agencies/role-grant-routes.ts';
import { agencyRoutes, meRoutes } from './agencies/routes.ts';
import { actorSource } from './agencies/service.ts';
import { createApiThrottle, sourceLimit } from './agencies/throttle.ts';
import { tokenRoutes } from './agencies/token-routes.ts';
import type { Signer } from './agencies/tokens.ts';
import { createAuthenticator } from './agencies/tokens.ts';
import { createReadLog } from './audit/reads.ts';
import { auditSink } from './audit/repository.ts';
import { auditRoutes } from './audit/routes.ts';
import { observeSealing, type SealingWatch, watchSealing } from './audit/watch.ts';
import { aidHandlers } from './cases/aid.ts';
import { correctionMachine } from './cases/correction-domain.ts';
import { caseDecisionRoutes } from './cases/decision-routes.ts';
import { caseMachine } from './cases/domain.ts';
import { dossierRoutes } from './cases/dossier-routes.ts';
import { caseHandlers } from './cases/handlers.ts';
import { noticeMachine } from './cases/notice-domain.ts';
import { noticeRoutes } from './cases/notice-routes.ts';
import { noticeHandlers } from './cases/notice-service.ts';
import { recordRoutes } from './cases/record-routes.ts';
import { caseRoutes } from './cases/routes.ts';
import { caseRuleRoutes } from './cases/rules-routes.ts';
import { sealHandler } from './cases/seal-handlers.ts';
import { sealRoutes } from './cases/seal-routes.ts';
import { clueMachine } from './clues/domain.ts';
import { clueDuplicateRoutes } from './clues/duplicate-routes.ts';
import { clueReceiptRoutes } from './clues/receipt-routes.ts';
import { clueRoutes } from './clues/routes.ts';
import { calendarRoutes } from './deadlines/calendar-routes.ts';
import { deadlineHandlers } from './deadlines/handlers.ts';
import { deadlineRoutes } from './deadlines/routes.ts';
import { deadlineRuleRoutes } from './deadlines/rule-routes.ts';
import { sweepHandlers } from './deadlines/sweeps.ts';
import { custodyRoutes } from './disbursements/custody-routes.ts';
import { disbursementMachine } from './disbursements/domain.ts';
import { disbursementHandlers } from './disbursements/handlers.ts';
import { disbursementRoutes } from './disbursements/routes.ts';
import { documentRoutes } from './documents/routes.ts';
import { eventSink } from './events/repository.ts';
import { eventRoutes } from './events/routes.ts';
import { webhooksObject } from './events/type-view.ts';
import { fundCorrectionHandlers } from './funds/correction.ts';
import { fundRoutes } from './funds/routes.ts';
import { fundHandlers } from './funds/service.ts';
import { grantMachine } from './grants/domain.ts';
import { grantRoutes } from './grants/routes.ts';
import { grantFor } from './grants/service.ts';
import type { NewId } from './kernel/ids.ts';
import { letterRoutes } from './letters/routes.ts';
import { openLetters } from './letters/templates.ts';
import { documentInfo } from './openapi-info.ts';
import { contractNames } from './openapi-names.ts';
import { personHistoryRoutes } from './persons/history-routes.ts';
import { withKept } from './persons/kept-from.ts';
import { personReviewRoutes } from './persons/review-routes.ts';
import { personRoutes } from './persons/routes.ts';
import { safeContactRoutes } from './persons/safe-contact-routes.ts';
import type { Config } from './platform/config.ts';
import type { Keyring } from './platform/crypto/vault.ts';
import { createBlocks } from './platform/db/blocks.ts';
import type { Pool } from './platform/db/client.ts';
import { createCounts } from './platform/db/counts.ts';
import type { FactSink, TxDeps } from './platform/db/tx.ts';
import { registerAuth } from './platform/http/auth.ts';
import { catalogueRoutes } from './platform/http/catalogue.ts';
import { certificateReader } from './platform/http/certificate.ts';
import { registerCommands, type ViewCheck } from './platform/http/command.ts';
import { registerCors } from './platform/http/cors.ts';
import { docsRoutes } from './platform/http/docs.ts';
import { documentRoute, type Examples } from './platform/http/document.ts';
import { registerLimits } from './platform/http/limits.ts';
import { addressing, replaceMethods } from './platform/http/methods.ts';
import { addComponents, registerOpenApi } from './platform/http/openapi.ts';
import { createOutgoing, outgoingSettings } from './platform/http/outgoing.ts';
import { createMetrics, type Health, type Metrics, observeRequests, probeRoutes } from './platform/http/probes.ts';
import { registerProblems } from './platform/http/problem.ts';
import { createAdmission, WINDOW_SECONDS } from './platform/http/quota.ts';
import { type App, createServer } from './platform/http/server.ts';
import { errorFields, type Log } from './platform/log.ts';
import { openStorage } from './platform/objects/storage.ts';
import { reconciliationRoutes } from './reconciliations/routes.ts';
import { codeSets } from './reference/code-sets.ts';
import { lifecycleNames, stateSet } from './reference/lifecycle-states.ts';
import { referenceRoutes } from './reference/routes.ts';
import { referralDecisionRoutes } from './referrals/decision-routes.ts';
import { referralMachine } from './referrals/domain.ts';
import { referralHandlers } from './referrals/handlers.ts';
import { referralRoutes } from './referrals/routes.ts';
import { retentionRoutes } from './retention/due-routes.ts';
import { holdRoutes } from './retention/hold-routes.ts';
import { subjectRoutes } from './retention/subject-routes.ts';
import { clockHandlers } from './sandbox/clock.ts';
import { sandboxRoutes } from './sandbox/routes.ts';
import { statisticsRoutes } from './statistics/routes.ts';
import { visitMachine } from './visits/domain.ts';
import { visitHandlers } from './visits/handlers.ts';
import { visitRoutes } from './visits/routes.ts';
import { deliveryRoutes } from './webhooks/delivery-routes.ts';
import { webhookRoutes } from './webhooks/routes.ts';
import { workItemHandler } from './work-items/keeping.ts';
import { workItemRoutes } from './work-items/routes.ts';

export type AppDeps = {
  config: Config;
  pool: Pool;
  /** Owner connection of a sandbox stamp: reset and scenarios; absent on a live database. */
  ownerUrl?: string | undefined;
  keyring: Keyring;
  signer: Signer;
  newId: NewId;
  systemNow: () => number;
  log: Log;
  health: Health;
  /** Executed examples for the document; without them it has none. */
  examples?: Examples;
  /** Sees every view before serialization; the tests hold it against the schema. */
  checkView?: ViewCheck;
  /** Sees the server before its routes; the tests watch every answer. */
  watch?: (app: App) => void;
  /** For tests alone, see TxDeps. */
  walls?: NonNullable<TxDeps['walls']>;
};

export type Built = { app: App; tx: TxDeps; metrics: Metrics; sealing: SealingWatch };

/** Every fact reaches both in its transaction. */
export const appSinks: readonly FactSink[] = [eventSink, auditSink];

/** Upward reactions, in the order of the business; each runs in the transaction of the fact. */
export const handlers: TxDeps['handlers'] = [
  ...caseHandlers,
  ...aidHandlers,
  ...noticeHandlers,
  ...fundHandlers,
  ...fundCorrectionHandlers,
  ...disbursementHandlers,
  ...referralHandlers,
  ...visitHandlers,
  ...accountHandlers,
  ...deadlineHandlers,
  ...clockHandlers,
  ...sweepHandlers,
  workItemHandler,
  sealHandler,
];

/** All code sets: those of `reference/`, and the states of the lifecycles, which their features own. */
const appCodeSets = codeSets([
  stateSet(clueMachine, lifecycleNames.clue),
  stateSet(caseMachine, lifecycleNames.case),
  stateSet(disbursementMachine, lifecycleNames.disbursement),
  stateSet(referralMachine, lifecycleNames.referral),
  stateSet(visitMachine, lifecycleNames.visit),
  stateSet(accountMachine, lifecycleNames.account),
  stateSet(noticeMachine, lifecycleNames.notice),
  stateSet(correctionMachine, lifecycleNames.correction),
  stateSet(grantMachine, lifecycleNames.breakGlass),
]);

export async function buildApp(deps: AppDeps): Promise<Built> {
  const { config, pool, keyring, signer, newId, log } = deps;
  const { publicUrl } = config;
  const sealing = watchSealing({ pool, systemNow: deps.systemNow, log, limitSeconds: config.auditSilenceSeconds });
  const { ensure: sealed } = sealing;
  const walls = deps.walls ? { walls: deps.walls } : {};
  const tx: TxDeps = { pool, newId, keyring, sinks: appSinks, handlers, gated: config.sandbox, sealed, ...walls };
  const app = createServer({ publicUrl, trustProxy: config.trustProxy, newRequestId: () => newId(deps.systemNow()) });
  const getPost = config.methods === 'get-post';
  if (getPost) replaceMethods(app);
  const metrics = createMetrics(pool);
  observeSealing(metrics, sealing);

  registerProblems(app, publicUrl, (req, problem, error) =>
    log.error('request failed', {
      requestId: req.id,
      method: req.method,
      route: req.routeOptions?.url,
      status: problem.status,
      code: problem.code,
      ...errorFields(error),
    }),
  );
  observeRequests(app, metrics);
  registerLimits(app);
  registerCors(app, config.corsOrigins);
  deps.watch?.(app);
  const outside = outsideSource(tx, config.issuers, deps.systemNow);
  const authenticator = createAuthenticator(signer, actorSource(tx, config), deps.systemNow, outside, (actor) =>
    withKept(tx, actor),
  );
  const factors = strongFactors(config);
  const certificateOf = certificateReader(config.clientCertHeader, config.trustProxy);
  const blocks = createBlocks(pool);
  const counts = createCounts({
    pool,
    now: deps.systemNow,
    windowSeconds: WINDOW_SECONDS,
    onError: () => metrics.quotaExchangeFailures.inc(),
    onExchange: blocks.refresh,
  });
  app.addHook('onClose', () => counts.stop());
  registerAuth(app, {
    authenticate: authenticator.authenticate,
    admit: createAdmission(counts, config.quota, blocks),
    failed: createApiThrottle(tx, deps.systemNow, sourceLimit(config)).failed,
    certificateOf,
    factors,
  });
  const reads = createReadLog(pool);
  app.addHook('onClose', () => reads.stop());
  const checked = deps.checkView ? { checkView: deps.checkView } : {};
  const addressed = addressing(publicUrl, getPost);
  registerCommands(app, { ...tx, publicUrl, addressed, noteRead: reads.note, grantFor, ...checked });
  await registerOpenApi(app, { ...documentInfo(publicUrl), webhooks: webhooksObject() });
  addComponents(app);

  probeRoutes(app, { pool, health: deps.health });
  catalogueRoutes(app, publicUrl);
  referenceRoutes(app, appCodeSets);
  calendarRoutes(app);
  deadlineRuleRoutes(app);
  tokenRoutes(app, { tx, signer, publicUrl, certificateOf, factors, sourceLimit: sourceLimit(config) });
  meRoutes(app);
  agencyRoutes(app, authenticator.forget);
  const { forget } = authenticator;
  officerRoutes(app, { forget, roleConfirmation: config.roleConfirmation });
  credentialRoutes(app, { forget, issuers: config.issuers });
  roleGrantRoutes(app, forget);
  clientRoutes(app, { keyring, forget, roleConfirmation: config.roleConfirmation });
  clientKeyRoutes(app, { forget, roleConfirmation: config.roleConfirmation });
  personRoutes(app);
  personHistoryRoutes(app);
  personReviewRoutes(app);
  safeContactRoutes(app);
  clueRoutes(app);
  clueDuplicateRoutes(app);
  clueReceiptRoutes(app, { signer });
  caseRoutes(app);
  caseDecisionRoutes(app);
  caseRuleRoutes(app);
  recordRoutes(app);
  sealRoutes(app);
  dossierRoutes(app);
  noticeRoutes(app);
  fundRoutes(app);
  disbursementRoutes(app);
  custodyRoutes(app);
  reconciliationRoutes(app);
  referralRoutes(app);
  referralDecisionRoutes(app);
  visitRoutes(app);
  accountRoutes(app);
  deadlineRoutes(app);
  workItemRoutes(app);
  documentRoutes(app, {
    storage: openStorage(config),
    newId,
    systemNow: deps.systemNow,
    log,
    scanning: config.scannerUrl !== undefined,
    suite: keyring.suite,
  });
  holdRoutes(app);
  retentionRoutes(app);
  subjectRoutes(app, { keyring, publicUrl });
  letterRoutes(app, openLetters(config.templatesDir));
  statisticsRoutes(app);
  grantRoutes(app);
  auditRoutes(app);
  eventRoutes(app, { keyring, publicUrl, pool });
  webhookRoutes(app, { keyring, outgoing: createOutgoing(outgoingSettings(config)) });
  deliveryRoutes(app);
  if (config.sandbox) sandboxRoutes(app, { tx, signer, ownerUrl: deps.ownerUrl });
  documentRoute(app, deps.examples, contractNames);
  docsRoutes(app, config.docs);
  await app.ready();
  return { app, tx, metrics, sealing };
}
