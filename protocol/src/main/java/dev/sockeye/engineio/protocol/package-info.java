/** Engine.IO packets and payloads, protocol revisions 4 and 3. */
package dev.sockeye.engineio.protocol;
