// A connection that is reset is an unhandled error.
//
// Violates C-END-1. Speaks raw.
//
// Node ends a process in which nobody listens for the event "error" of a socket.
"use strict";
const { Client, main } = require("./_core_client.js");

class Faulty extends Client {
  listenToErrors() {
    const told = (error) => this.end(`No connection: ${error.code}.`);
    this.server.on("error", told);
    this.server.on("connect", () => this.server.off("error", told));
  }
}

main(Faulty);
