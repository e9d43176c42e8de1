// A Sigstore of nobody's, and npm's own verifier.
//
//   node sigstore.mjs sign FILE     of [{ statement, payloadType?, san, issuer, extensions?, late? }]
//   node sigstore.mjs verify FILE   of { root, bundles: [{ bundle, san, issuer }] }
//
// The first writes trusted_root.json and prints the bundles; the second prints for each bundle what is wrong with it, or
// null.

import crypto from "node:crypto";
import fs from "node:fs";
import process from "node:process";
import { bundleFromJSON } from "@sigstore/bundle";
import { initializeCA, initializeCTLog, initializeTLog } from "@sigstore/mock";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";

const ISSUER = "1.3.6.1.4.1.57264.1.8";
const input = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));
const pair = () => crypto.generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const sha256 = (data) => crypto.createHash("sha256").update(data).digest();
const base64 = (data) => Buffer.from(data).toString("base64");
const start = { start: "2020-01-01T00:00:00Z" };

function encoded(type, payload) {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

function trustedLog(log, id) {
  return {
    baseUrl: "https://log.example.invalid",
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: base64(log.publicKey), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor: start },
    logId: { keyId: base64(id) },
  };
}

/** An instance: its authority, its logs, and what is to be trusted of it. */
async function instance() {
  const certificates = await initializeCTLog(pair());
  const authority = await initializeCA(pair(), certificates);
  const logKey = pair();
  const log = await initializeTLog("https://log.example.invalid", logKey);
  const chain = { certificates: [{ rawBytes: base64(authority.rootCertificate) }] };
  const root = {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [trustedLog(log, sha256(log.publicKey))],
    certificateAuthorities: [
      { subject: { organization: "nobody", commonName: "nobody" }, uri: "https://ca.example.invalid", certChain: chain, validFor: start },
    ],
    ctlogs: [trustedLog(certificates, certificates.logID)],
    timestampAuthorities: [],
  };
  return { authority, log, logKey, root };
}

async function sign(here, wish) {
  const key = pair();
  const extensions = Object.entries(wish.extensions ?? {}).map(([oid, value]) => ({ oid, value }));
  const publicKey = key.publicKey.export({ type: "spki", format: "der" });
  const certificate = await here.authority.issueCertificate({ publicKey, subjectAltName: wish.san, extensions });
  const payload = Buffer.from(wish.statement);
  const payloadType = wish.payloadType ?? "application/vnd.in-toto+json";
  const signature = crypto.sign("sha256", encoded(payloadType, payload), key.privateKey).toString("base64");
  const dsseEnvelope = { payload: base64(payload), payloadType, signatures: [{ sig: signature, keyid: "" }] };
  const pem = `-----BEGIN CERTIFICATE-----\n${base64(certificate).match(/.{1,64}/g).join("\n")}\n-----END CERTIFICATE-----\n`;
  const body = {
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      envelopeHash: { algorithm: "sha256", value: sha256(JSON.stringify(dsseEnvelope)).toString("hex") },
      payloadHash: { algorithm: "sha256", value: sha256(payload).toString("hex") },
      signatures: [{ signature, verifier: base64(pem) }],
    },
  };
  const clock = wish.late ? new Date(Date.now() - wish.late * 60_000) : undefined;
  const log = clock ? await initializeTLog("https://log.example.invalid", here.logKey, clock) : here.log;
  const [entry] = Object.values(await log.log(body));
  const proof = entry.verification.inclusionProof;
  const tlogEntries = [
    {
      logIndex: String(entry.logIndex),
      logId: { keyId: base64(Buffer.from(entry.logID, "hex")) },
      kindVersion: { kind: "dsse", version: "0.0.1" },
      integratedTime: String(entry.integratedTime),
      inclusionPromise: { signedEntryTimestamp: entry.verification.signedEntryTimestamp },
      inclusionProof: {
        logIndex: String(proof.logIndex),
        rootHash: base64(Buffer.from(proof.rootHash, "hex")),
        treeSize: String(proof.treeSize),
        hashes: [],
        checkpoint: { envelope: proof.checkpoint },
      },
      canonicalizedBody: entry.body,
    },
  ];
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { certificate: { rawBytes: base64(certificate) }, tlogEntries },
    dsseEnvelope,
  };
}

function verify(root, { bundle, san, issuer }) {
  try {
    const quoted = san.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const policy = { subjectAlternativeName: `^${quoted}$`, extensions: { issuer } };
    const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(root)));
    verifier.verify(toSignedEntity(bundleFromJSON(bundle)), policy);
    return null;
  } catch (error) {
    return String(error.message);
  }
}

if (process.argv[2] === "sign") {
  const here = await instance();
  fs.writeFileSync("trusted_root.json", JSON.stringify(here.root));
  const bundles = [];
  for (const wish of input) {
    bundles.push(await sign(here, { ...wish, extensions: { [ISSUER]: wish.issuer, ...wish.extensions } }));
  }
  process.stdout.write(JSON.stringify(bundles));
} else {
  process.stdout.write(JSON.stringify(input.bundles.map((one) => verify(input.root, one))));
}
