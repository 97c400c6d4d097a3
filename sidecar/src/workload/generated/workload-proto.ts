/** Written by `make generate` from workload.proto. */
export const workloadProto = {
  "nested": {
    "SpiffeWorkloadAPI": {
      "methods": {
        "FetchX509SVID": {
          "requestType": "X509SVIDRequest",
          "responseType": "X509SVIDResponse",
          "responseStream": true
        }
      }
    },
    "X509SVIDRequest": {
      "fields": {}
    },
    "X509SVIDResponse": {
      "fields": {
        "svids": {
          "rule": "repeated",
          "type": "X509SVID",
          "id": 1
        },
        "crl": {
          "rule": "repeated",
          "type": "bytes",
          "id": 2
        },
        "federated_bundles": {
          "keyType": "string",
          "type": "bytes",
          "id": 3
        }
      }
    },
    "X509SVID": {
      "fields": {
        "spiffe_id": {
          "type": "string",
          "id": 1
        },
        "x509_svid": {
          "type": "bytes",
          "id": 2
        },
        "x509_svid_key": {
          "type": "bytes",
          "id": 3
        },
        "bundle": {
          "type": "bytes",
          "id": 4
        },
        "hint": {
          "type": "string",
          "id": 5
        }
      }
    }
  }
};
