// What the address sanitizer keeps of memory that was freed, and of who asked for it: next to
// nothing, which costs an input of a few dozen bytes more than looking at it. The inputs that are
// kept are looked at with all of it (ci/test).

extern "C" const char* __asan_default_options();

extern "C" const char* __asan_default_options() {
  return "malloc_context_size=1:quarantine_size_mb=1:thread_local_quarantine_size_kb=64:"
         "max_free_fill_size=0:max_malloc_fill_size=0";
}
