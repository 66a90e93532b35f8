/** All that this suite uses of the project's insides: what moves there is adapted here. */
export { transferProcess } from "../../domain/account/transfer.process.ts";
export {
  azureTimers,
  driveProcess,
  plainTimers,
  signalName,
  type IssueInput,
} from "../../src/platform/durable/drive-process.ts";
export {
  withInstances,
  type Instances,
  type InstanceStatus,
} from "../../src/platform/durable/instances.ts";
export { leadTransfer } from "../../src/modules/transfer/lead-transfer.ts";
export { signalShownBy } from "../../src/modules/transfer/transfer-news.ts";
export type { TransferCause, TransferView } from "../../src/modules/transfer/transfer-view.ts";
export type { IntegrationEvent } from "../../src/modules/account/integration-events.ts";
