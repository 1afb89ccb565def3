# What is installed, and the Debian package made of it: ci/package.
include(GNUInstallDirs)

find_program(GZIP gzip)
if(GZIP)
  add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/dovetail.1.gz
    COMMAND ${GZIP} -9nc ${CMAKE_CURRENT_LIST_DIR}/dovetail.1 > ${CMAKE_BINARY_DIR}/dovetail.1.gz
    DEPENDS ${CMAKE_CURRENT_LIST_DIR}/dovetail.1)
  add_custom_target(man_page DEPENDS ${CMAKE_BINARY_DIR}/dovetail.1.gz)
endif()

install(TARGETS dovetail RUNTIME DESTINATION /usr/bin)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/dovetail.service DESTINATION /lib/systemd/system)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/dovetail.yml DESTINATION /etc/dovetail)
install(FILES ${CMAKE_BINARY_DIR}/dovetail.1.gz DESTINATION /usr/share/man/man1)
install(FILES ${PROJECT_SOURCE_DIR}/core/config/README.md DESTINATION /usr/share/doc/dovetail
  RENAME configuration.md)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION /usr/share/doc/dovetail RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME dovetail)
set(CPACK_PACKAGE_VENDOR "Dovetail")
set(CPACK_PACKAGE_CONTACT "Dovetail maintainers <dovetail@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "proxy for redis and memcached, in the place of twemproxy")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Many clients share few server connections, keys are spread over the servers, and
every request gets exactly its own response. Takes twemproxy's configuration, flags
and key placement, and shows its statistics.")
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_CURRENT_LIST_DIR}/conffiles ${CMAKE_CURRENT_LIST_DIR}/postinst
  ${CMAKE_CURRENT_LIST_DIR}/prerm ${CMAKE_CURRENT_LIST_DIR}/postrm)
set(CPACK_STRIP_FILES ON)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
include(CPack)
