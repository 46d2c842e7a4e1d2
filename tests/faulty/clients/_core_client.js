// A correct chat client of `raw` for Node, to be made faulty by what overrides its methods.
//
// It reads lines from the terminal as the terminal gives them. It does not know which defects
// there are.
"use strict";
const net = require("node:net");
const { StringDecoder } = require("node:string_decoder");

const PROMPT = Buffer.from("nickname");
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

class Client {
  constructor(host, port) {
    this.where = { host, port };
    this.opening = Buffer.alloc(0);
    this.typed = Buffer.alloc(0);
    this.asked = false;
    this.connected = false;
    this.decoder = new StringDecoder("utf8");
  }

  run() {
    this.server = net.connect(this.where);
    this.server.on("connect", () => {
      this.connected = true;
      process.stdin.on("data", (data) => this.type(data));
      process.stdin.on("end", () => this.end(""));
    });
    this.server.on("data", (data) => this.hear(data));
    this.server.on("end", () => this.end("The server has gone."));
    this.listenToErrors();
    process.on("SIGINT", () => this.end(""));
  }

  listenToErrors() {
    this.server.on("error", (error) => {
      const what = this.connected ? "The connection is lost" : "No connection";
      this.end(`${what}: ${error.code}.`);
    });
  }

  end(words) {
    if (words) process.stdout.write(`\n${words}\n`);
    this.server.destroy();
    process.exit(this.connected ? 0 : 1);
  }

  hear(data) {
    if (this.asked) {
      this.show(data);
      return;
    }
    this.opening = Buffer.concat([this.opening, data]);
    const length = Math.min(PROMPT.length, this.opening.length);
    const fits = this.opening.subarray(0, length).equals(PROMPT.subarray(0, length));
    if (fits && length < PROMPT.length) return;
    this.asked = true;
    if (fits) process.stdout.write("Your nickname?\n");
    this.show(this.opening.subarray(fits ? PROMPT.length : 0));
  }

  show(data) {
    const text = this.decoder.write(data);
    if (text) this.print(this.clean(text));
  }

  print(text) {
    process.stdout.write(`${text}\n`);
  }

  clean(text) {
    return text.replace(CONTROL, "?");
  }

  type(data) {
    this.typed = Buffer.concat([this.typed, data]);
    for (let end; (end = this.typed.indexOf(10)) >= 0; ) {
      if (end) this.server.write(this.typed.subarray(0, end));
      this.typed = this.typed.subarray(end + 1);
    }
  }
}

exports.main = (client) => new client(process.argv[2], Number(process.argv[3])).run();
exports.Client = Client;
