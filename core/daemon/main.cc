#include "daemon/daemon.h"

int main(int argc, char** argv) {
  return dovetail::run_daemon(argc, argv);
}
