/* Update an ECU with driftregion/iso14229 as the UDS client and its isotp-c as the transport, over a socketcand server.
 *
 * Only the frames' way (a line protocol over TCP) and the order of requests are written here; sessions, security access, downloads,
 * response pendings and timeouts are the library's. See agent-firmware/PROTOCOL.md, "An update, message by message".
 *
 *     cc -DUDS_SYS=UDS_SYS_UNIX -DUDS_TP_ISOTP_C -I iso14229 iso14229_update.c iso14229/iso14229.c -lcrypto -o iso14229_update
 *     iso14229_update 127.0.0.1 28600 DEVICE_ID DEVICE_SECRET envelope.suit image.esab
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/hmac.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "iso14229.h"

enum { REQUEST_ID = 0x7E0, RESPONSE_ID = 0x7E8, FUNCTIONAL_ID = 0x7DF, STAGING = 0x10000000, BANK = 0x20000000, SECONDS_MAX = 30 };

static int server = -1;
static UDSISOTpC_t transport;
static UDSClient_t client;
static int state; /* 0 waits, 1 answered, -1 failed */
static UDSErr_t failure;

static void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, state < 0 ? UDSErrToStr(failure) : "no answer");
    exit(1);
}

/* ---- frames: socketcand in raw mode ---- */

uint32_t isotp_user_get_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)(now.tv_sec * 1000000ull + (uint64_t)now.tv_nsec / 1000);
}

void isotp_user_debug(const char *message, ...) {
    va_list arguments;
    va_start(arguments, message);
    vfprintf(stderr, message, arguments);
    va_end(arguments);
}

int isotp_user_send_can(const uint32_t identifier, const uint8_t *data, const uint8_t size, void *argument) {
    (void)argument;
    char line[64];
    int length = snprintf(line, sizeof line, "< send %X %u", (unsigned)identifier, size);
    for (int i = 0; i < size; i++) {
        length += snprintf(line + length, sizeof line - (size_t)length, " %X", data[i]);
    }
    length += snprintf(line + length, sizeof line - (size_t)length, " >");
    return write(server, line, (size_t)length) == length ? ISOTP_RET_OK : ISOTP_RET_ERROR;
}

static void take_frame(const char *message) {
    unsigned identifier;
    char hex[32] = "";
    if (sscanf(message, " frame %x %*s %31[0-9A-Fa-f]", &identifier, hex) < 1 || identifier != RESPONSE_ID) {
        return;
    }
    uint8_t data[8];
    uint8_t size = (uint8_t)(strlen(hex) / 2);
    for (int i = 0; i < size && i < 8; i++) {
        unsigned value;
        sscanf(hex + 2 * i, "%2x", &value);
        data[i] = (uint8_t)value;
    }
    isotp_on_can_message(&transport.phys_link, data, size);
}

static void pump(int waitMs) {
    static char line[256];
    static size_t length;
    struct pollfd entry = {.fd = server, .events = POLLIN};
    if (poll(&entry, 1, waitMs) <= 0) {
        return;
    }
    char bytes[4096];
    ssize_t count = read(server, bytes, sizeof bytes);
    if (count <= 0) {
        fprintf(stderr, "the server has closed the connection\n");
        exit(1);
    }
    for (ssize_t i = 0; i < count; i++) {
        if (bytes[i] == '<') {
            length = 0;
        } else if (bytes[i] == '>') {
            line[length] = 0;
            take_frame(line);
        } else if (length < sizeof line - 1) {
            line[length++] = bytes[i];
        }
    }
}

static void connect_to(const char *host, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int on = 1;
    server = socket(AF_INET, SOCK_STREAM, 0);
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1 || connect(server, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("connect");
        exit(1);
    }
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    static const char *const steps[] = {"", "< open can0 >", "< rawmode >"};
    for (int i = 0; i < 3; i++) {
        char answer[64] = "";
        if (write(server, steps[i], strlen(steps[i])) < 0 || read(server, answer, sizeof answer - 1) <= 0) {
            perror("socketcand");
            exit(1);
        }
        printf("socketcand: %s %s\n", steps[i], answer);
    }
}

/* ---- diagnostics ---- */

static int on_event(UDSClient_t *of, UDSEvent_t event, void *data) {
    (void)of;
    if (event == UDS_EVT_ResponseReceived) {
        state = 1;
    } else if (event == UDS_EVT_Err) {
        failure = *(UDSErr_t *)data;
        state = -1;
    }
    return UDS_OK;
}

static int answered(UDSErr_t sent) {
    state = sent == UDS_OK ? 0 : -1;
    failure = sent;
    for (time_t end = time(NULL) + SECONDS_MAX; state == 0 && time(NULL) < end;) {
        UDSClientPoll(&client);
        pump(client.state == 0 || transport.phys_link.send_status == ISOTP_SEND_STATUS_INPROGRESS ? 0 : 1);
    }
    return state == 1;
}

static void must(UDSErr_t sent, const char *what) {
    if (!answered(sent)) {
        fail(what);
    }
    printf("%s\n", what);
}

static void routine(uint16_t identifier, const char *what) {
    must(UDSSendRoutineCtrl(&client, 1, identifier, NULL, 0), what);
    struct RoutineControlResponse response;
    if (UDSUnpackRoutineControlResponse(&client, &response) != UDS_OK || response.routineStatusRecordLength != 2 ||
        response.routineStatusRecord[0] != 0 || response.routineStatusRecord[1] != 0) {
        fprintf(stderr, "%s: the ECU says no\n", what);
        exit(1);
    }
}

static void hmac(const uint8_t *key, size_t keyLength, const uint8_t *message, size_t length, uint8_t mac[32]) {
    unsigned written = 32;
    HMAC(EVP_sha256(), key, (int)keyLength, message, length, mac, &written);
}

static void open_access(const uint8_t id[16], const uint8_t secret[32]) {
    uint8_t message[64], key[32], mac[32];
    must(UDSSendSecurityAccess(&client, 1, NULL, 0), "27 01: seed");
    struct SecurityAccessResponse response;
    if (UDSUnpackSecurityAccessResponse(&client, &response) != UDS_OK || response.securitySeedLength != 16) {
        fail("seed");
    }
    memcpy(message, "esync/v1/key-27", 15);
    memcpy(message + 15, id, 16);
    hmac(secret, 32, message, 31, key);
    memcpy(message, "esync/v1/proof-27", 17);
    memcpy(message + 17, id, 16);
    message[33] = 1;
    memcpy(message + 34, response.securitySeed, 16);
    hmac(key, 32, message, 50, mac);
    must(UDSSendSecurityAccess(&client, 2, mac, 16), "27 02: access");
}

static uint8_t *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*length);
    if (fread(bytes, 1, *length, file) != *length) {
        perror(path);
        exit(1);
    }
    fclose(file);
    return bytes;
}

static void download(uint32_t address, const char *path) {
    size_t length;
    uint8_t *bytes = read_file(path, &length);
    must(UDSSendRequestDownload(&client, 0, 0x44, address, length), "34: download");
    struct RequestDownloadResponse response;
    if (UDSUnpackRequestDownloadResponse(&client, &response) != UDS_OK) {
        fail("34: the answer");
    }
    size_t block = response.maxNumberOfBlockLength - 2;
    uint8_t counter = 1;
    for (size_t at = 0; at < length; at += block, counter++) {
        size_t count = length - at < block ? length - at : block;
        if (!answered(UDSSendTransferData(&client, counter, (uint16_t)(block + 2), bytes + at, (uint16_t)count))) {
            fail("36");
        }
    }
    must(UDSSendRequestTransferExit(&client), "37: transferred");
    printf("%s: %zu bytes in %u blocks\n", path, length, (unsigned)(counter - 1));
    free(bytes);
}

static void hex(const char *text, uint8_t *into, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned value;
        if (sscanf(text + 2 * i, "%2x", &value) != 1) {
            fprintf(stderr, "%s is not hexadecimal\n", text);
            exit(2);
        }
        into[i] = (uint8_t)value;
    }
}

int main(int count, char **arguments) {
    if (count != 7) {
        fprintf(stderr, "usage: %s HOST PORT DEVICE_ID DEVICE_SECRET ENVELOPE IMAGE\n", arguments[0]);
        return 2;
    }
    uint8_t id[16], secret[32];
    hex(arguments[3], id, sizeof id);
    hex(arguments[4], secret, sizeof secret);
    connect_to(arguments[1], atoi(arguments[2]));
    UDSISOTpCConfig_t addresses = {
        .source_addr = RESPONSE_ID, .target_addr = REQUEST_ID, .source_addr_func = RESPONSE_ID, .target_addr_func = FUNCTIONAL_ID};
    UDSISOTpCInit(&transport, &addresses);
    UDSClientInit(&client);
    client.tp = (UDSTp_t *)&transport;
    client.fn = on_event;

    // The ECU's P2 counts on the bus: what TCP and this machine add is not the ECU's.
    client.defaultOptions |= UDS_IGNORE_SRV_TIMINGS;
    client.options |= UDS_IGNORE_SRV_TIMINGS;
    client.p2_ms = 20000;
    client.p2_star_ms = 20000;

    must(UDSSendDiagSessCtrl(&client, 3), "10 03: extended session");
    uint16_t identifiers[] = {0xFD00, 0xFD04};
    must(UDSSendRDBI(&client, identifiers, 2), "22 FD00 FD04: protocol, banks");
    must(UDSSendDiagSessCtrl(&client, 2), "10 02: programming session");
    open_access(id, secret);
    uint8_t fingerprint[9] = {0x26, 0x01, 0x01, 'B', 'E', 'N', 'C', 'H', '2'};
    must(UDSSendWDBI(&client, 0xF15A, fingerprint, sizeof fingerprint), "2E F15A: fingerprint");
    download(STAGING, arguments[5]);
    routine(0x0210, "31 01 0210: manifest authentic");
    routine(0xFF00, "31 01 FF00: bank erased");
    download(BANK, arguments[6]);
    routine(0xFF01, "31 01 FF01: image verified");
    routine(0x0211, "31 01 0211: on trial at the next reset");
    must(UDSSendECUReset(&client, 1), "11 01: reset");
    for (int tries = 0; tries < 10 && !answered(UDSSendTesterPresent(&client)); tries++) {
    }
    must(UDSSendDiagSessCtrl(&client, 3), "10 03: extended session");
    open_access(id, secret);
    for (time_t end = time(NULL) + SECONDS_MAX; time(NULL) < end;) {
        struct RoutineControlResponse response;
        if (answered(UDSSendRoutineCtrl(&client, 1, 0x0212, NULL, 0)) && UDSUnpackRoutineControlResponse(&client, &response) == UDS_OK &&
            response.routineStatusRecord[1] == 0) {
            printf("31 01 0212: confirmed\nUPDATE PASS\n");
            return 0;
        }
    }
    fail("31 01 0212");
}
