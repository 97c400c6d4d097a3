/**
 * The schemas of `wire` as compiled checks, for {@link validator}. Written by `make generate`; must hold no rule of its own.
 */
export {
  checkCapRequest,
  checkDeriveKek,
  checkEmptyBody,
  checkEnrollAnswer,
  checkEnrollRequest,
  checkListRequest,
  checkPolicyUpdate,
  checkReencryptRequest,
  checkReseal,
  checkLeaseAnswer,
  checkLeaseRequest,
  checkSpendAnswer,
  checkSpendRequest,
  checkVerifyK10,
  checkStoreRequest,
  checkSts,
  checkTeardownRequest,
} from "./generated/checks.ts";
