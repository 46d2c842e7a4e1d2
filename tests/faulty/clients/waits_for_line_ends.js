// What is heard is shown up to its last line end, and in this dialect nothing has one.
//
// Violates C-SHOW-1, C-SHOW-2. Speaks raw.
"use strict";
const { Client, main } = require("./_core_client.js");

class Faulty extends Client {
  constructor(...where) {
    super(...where);
    this.kept = "";
  }

  print(text) {
    const lines = (this.kept + text).split("\n");
    this.kept = lines.pop();
    for (const line of lines) super.print(line);
  }
}

main(Faulty);
